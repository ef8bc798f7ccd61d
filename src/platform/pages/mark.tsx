/**
 * The product's mark: two doorways, a host's and a guest's, and what they have in common.
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
      <path class="mark-host" d="M3 28V13.5a8 8 0 0 1 16 0V28z" />
      <path class="mark-guest" d="M13 28V13.5a8 8 0 0 1 16 0V28z" />
      <path class="mark-both" d="M13 28V13.5a8 8 0 0 1 3-6.25a8 8 0 0 1 3 6.25V28z" />
    </>
  )
}
