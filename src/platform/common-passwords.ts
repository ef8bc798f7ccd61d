/**
 * What attackers try first, likeliest first: the estimator counts a word and everything derived from it (`P@ssw0rd1!`,
 * `drowssap`) as no harder to guess than its place here. Without a list it takes `password` for a fair one. Short
 * by intent; `@zxcvbn-ts/language-common` holds 49,000 and can stand in its place.
 */
export const commonPasswords: readonly string[] = `
123456 password 12345678 qwerty 123456789 12345 1234567 111111 123123 abc123 1234567890 password1
iloveyou qwerty123 000000 1q2w3e4r qwertyuiop monkey dragon letmein baseball football sunshine princess
master shadow superman michael welcome admin administrator root toor login passw0rd starwars hello
freedom whatever trustno1 jordan hunter batman zaq12wsx 1qaz2wsx qazwsx qazwsxedc asdfgh asdfghjkl
zxcvbn zxcvbnm azerty azertyuiop qwertz qwertzuiop 654321 987654321 666666 696969 121212 112233 159753
147258369 987654 555555 777777 888888 999999 7777777 11111111 88888888 1q2w3e4r5t 1qaz2wsx3edc q1w2e3r4
q1w2e3r4t5 a1b2c3d4 abcd1234 abcdefgh asdf1234 qwer1234 zxcv1234 pass1234 test1234 changeme changeit
default guest secret access mustang harley ranger buster thomas robert daniel george jennifer jessica
ashley nicole charlie andrew joshua matthew amanda hannah pepper ginger summer winter spring autumn
january february march april june july august september october november december monday tuesday
wednesday thursday friday saturday sunday computer internet server windows microsoft office google apple
samsung android iphone facebook linkedin twitter amazon killer hockey soccer tennis golf yankees lakers
cowboys eagles steelers dallas chelsea arsenal liverpool barcelona realmadrid juventus bayern flower
butterfly orange banana cookie chocolate cheese coffee lovely loveme lovers babygirl angel angels
pokemon naruto minecraft fortnite matrix merlin phoenix corvette ferrari porsche mercedes yamaha honda
toyota silver golden purple yellow green black white blue tigger tiger lion panther maverick cowboy
falcon eagle wizard knight warrior ninja samurai pirate captain soldier marine police doctor teacher
student school college company business manager support service helpdesk system network security
firewall backup database oracle postgres mysql manage temp temporary test tester testing user username
userpass mypassword newpassword oldpassword passwort kennwort hallo schatz willkommen geheim motdepasse
bonjour soleil doudou contrasena hola teamo amor senha bemvindo parola ciao haslo wachtwoord welkom
losenord salasana heslo parool jelszo sifre london paris berlin madrid roma vienna moscow newyork
chicago boston texas florida california america canada australia england france germany italia espana
brasil mexico india china japan russia ukraine poland turkey christmas halloween easter birthday holiday
weekend jesus christ heaven blessed bailey maggie sophie charlotte victoria samantha elizabeth michelle
stephanie rebecca rachel andrea lauren melissa christopher william anthony alexander benjamin nicholas
jonathan patrick richard steven martin oliver harry jack money dollar million lucky lucky7 seven eleven
forever family mother father brother sister friend friends letmein1 letmeinplease opensesame sesame
correcthorsebatterystaple rainbow unicorn fishing hunting guitar music dancer purple1 nothing something
anything everything asshole fuckyou fuckme bitch sexy qweasd qweasdzxc 1234qwer 123qwe 123qweasd 123abc
abc123456 aa123456 a123456 a123456789 woaini 5201314 1314520 iloveyou1 iloveu p@ssw0rd p@ssword pa55word
pa55w0rd access14 welcome1 welcome123 admin123 admin1234 root123 adminadmin qwerty1 qwerty12 qwerty1234
password12 password123 password1234 passwordpassword guest123 contoso fabrikam woodgrove xenia
`
  .trim()
  .split(/\s+/)
