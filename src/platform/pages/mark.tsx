/**
 * The product's mark: two doorways, a host's and a guest's; where they overlap stands the one who is welcome.
 * Decorative: the name stands beside it. Drawn inline so that it takes the page's colours.
 */
export function Mark() {
  return (
    <svg class="mark" viewBox="0 0 32 32" width="24" height="24" aria-hidden="true" focusable="false">
      <Doors />
    </svg>
  )
}

/** The same two doorways, large and faint, behind the page. */
export function Backdrop() {
  return (
    <svg class="backdrop" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <Doors />
    </svg>
  )
}

function Doors() {
  return (
    <>
      <path class="mark-guest" d="M16 7.4A7.7 7.7 0 0 1 18.9 13v14.5h-5.8V13A7.7 7.7 0 0 1 16 7.4z" />
      <path class="mark-door" d="M3.5 27.5V13a7.75 7.75 0 0 1 15.5 0v14.5" />
      <path class="mark-door" d="M13 27.5V13a7.75 7.75 0 0 1 15.5 0v14.5" />
    </>
  )
}
