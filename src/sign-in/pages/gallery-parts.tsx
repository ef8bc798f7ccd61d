import {
  Actions,
  Alert,
  Button,
  Card,
  CopyableId,
  EmptyState,
  ErrorSummary,
  Form,
  Heading,
  Lead,
  List,
  Page,
  Progress,
  Table,
  TextField,
  type Translator,
} from '../../platform/pages/index.ts'

const rows = [
  { address: 'maria@fabrikam.example', result: 'Invited' },
  {
    address: 'wolfeschlegelsteinhausenbergerdorff.nebuchadnezzar@fabrikam.example',
    result: 'Not a mail address',
  },
]

/** The parts of the kit that no sign-in page uses yet, so that they are looked at and checked all the same. */
export function PartsPage({ t }: { readonly t: Translator }) {
  return (
    <Page t={t} title="Parts" tenant={null} trace={null} width="wide" failed>
      <Heading>Parts of the kit</Heading>
      <Lead>Shown only in tests.</Lead>
      <ErrorSummary
        errors={[
          { field: 'first', message: 'Enter a name.' },
          { field: 'second', message: 'Enter an address.' },
        ]}
      />
      <Form action="/sample" csrf="sample-token">
        <TextField name="first" label="Name" error="Enter a name." autocomplete="name" />
        <TextField name="second" label="Address" error="Enter an address." autocomplete="email" />
        <Actions>
          <Button>Save</Button>
          <Button look="secondary">Cancel</Button>
          <Button look="danger">Delete</Button>
        </Actions>
      </Form>
      <Alert tone="info" title="For your information">
        Nothing needs to be done.
      </Alert>
      <Progress label="312 of 500 rows" done={312} total={500} />
      <Table
        caption="Last rows"
        columns={[
          { key: 'address', title: 'Address', cell: (row) => row.address },
          { key: 'result', title: 'Result', cell: (row) => row.result },
        ]}
        rows={rows}
        rowKey={(row) => row.address}
      />
      <Card title="A card">
        <List
          look="steps"
          items={[
            { key: '1', content: 'One' },
            { key: '2', content: 'Two' },
          ]}
        />
        <CopyableId label="Object id" value="7e4b6c2a-54d1-4f0e-9a43-0d5f6d8b1c11" />
      </Card>
      <EmptyState icon="mail" title="Nothing here">
        Something will come.
      </EmptyState>
    </Page>
  )
}
