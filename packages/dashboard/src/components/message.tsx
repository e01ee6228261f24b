import type { ComponentChildren } from 'preact'

/** Stands in place of the charts: a heading and what to do. */
export function Message({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <div class="message" role="alert">
      <h2>{title}</h2>
      {children}
    </div>
  )
}

/** Stands in place of the charts while they load. */
export function Waiting({ text }: { text: string }) {
  return (
    <div class="message" aria-hidden="true">
      <p>{text} …</p>
    </div>
  )
}
