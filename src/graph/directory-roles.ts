/**
 * Template ids of the built-in directory roles (GRA-62): the same in every tenant and the same as Microsoft's, so
 * that scripts keep working. What each may do is said by the routes that name it.
 */
export const directoryRoleTemplates = {
  globalAdministrator: '62e90394-69f5-4237-9190-012177145e10',
  globalReader: 'f2ef992c-3afb-46b9-b7cf-a126ee74c451',
  guestInviter: '95e79109-95c0-4d8e-aee3-d01accf2d47b',
  userAdministrator: 'fe930be7-5e62-47db-91af-98c3a49a38b1',
  securityAdministrator: '194ae4cb-b126-40b2-bd5b-6091b380977d',
  securityReader: '5d6b6bb7-de71-4623-b4af-96380a352509',
  securityOperator: '5f2222b1-57c3-48ba-8ad5-d4759f1fde6f',
  externalIdentityProviderAdministrator: 'be2f45a1-457d-42af-a067-6ec1fa63bc45',
  externalIdUserFlowAdministrator: '6e591065-9bad-43ed-90f3-e9424366d2f0',
  externalIdUserFlowAttributeAdministrator: '0f971eea-41eb-4569-a71e-57bb8a3eff1e',
  authenticationExtensibilityAdministrator: '25a516ed-2fa0-40ea-a2d0-12923a21473a',
  privilegedRoleAdministrator: 'e8611ab8-c189-46e8-94e1-60213ab1f814',
  privilegedAuthenticationAdministrator: '7be44c8a-adaf-4e2a-84d6-ab2649e08a13',
  authenticationAdministrator: 'c4e39bd9-1100-46d3-8c65-fb160da0071f',
  authenticationPolicyAdministrator: '0526716b-113d-4c15-b2c8-68e3c22b9f80',
  conditionalAccessAdministrator: 'b1be1c3e-b65d-4f19-8427-f6fa0d97feb9',
  applicationAdministrator: '9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3',
  cloudApplicationAdministrator: '158c047a-c907-4556-b7ef-446551a6b5f7',
  hybridIdentityAdministrator: '8ac3fc64-6eca-42ea-9e69-59f4c7b60eb2',
  groupsAdministrator: 'fdd7a751-b60b-444a-984c-02652fe8fa1c',
  helpdeskAdministrator: '729827e3-9c14-49f7-bb1b-9608f156bbb8',
  directoryReaders: '88d8e3e3-8f55-4a1e-953a-9b9898b8876b',
  directoryWriters: '9360feb5-f418-4baa-8175-e2a00bac4301',
  reportsReader: '4a5d8f65-41da-4de4-8968-e035b65339cf',
  domainNameAdministrator: '8329153b-31d0-4727-b945-745eb3bc5f31',
  organizationalBrandingAdministrator: '92ed04bf-c94a-4b82-9729-b799a7a4c178',
  attributeDefinitionAdministrator: '8424c6f0-a189-499e-bbd0-26c1753c96d4',
  attributeAssignmentAdministrator: '58a13ea3-c632-46ae-9ee0-9c0d43cd7f3d',
} as const
