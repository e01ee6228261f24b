import type { ComponentChildren } from 'preact'

interface ScrollRegionProps {
  label: string
  class?: string
  children: ComponentChildren
}

/** A region that scrolls by itself. It can be focused, so that it scrolls by keyboard too. */
export function ScrollRegion({ label, class: name = '', children }: ScrollRegionProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section class={`scroll ${name}`} tabIndex={0} aria-label={label}>
      {children}
    </section>
  )
}
