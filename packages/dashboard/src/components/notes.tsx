/** What else the reader of a chart must know; one paragraph for each. */
export function Notes({ notes }: { notes: readonly string[] }) {
  return notes.map((note) => (
    <p class="purpose" key={note}>
      {note}
    </p>
  ))
}

/** What something is for, under a question mark. */
export function About({ title, notes }: { title: string; notes: readonly string[] }) {
  return (
    <details class="about">
      <summary>
        ?<span class="unseen"> About {title}</span>
      </summary>
      <div>
        <Notes notes={notes} />
      </div>
    </details>
  )
}
