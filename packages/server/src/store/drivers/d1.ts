import { Failed } from '../../failure.ts'
import type { Driver, Row } from '../driver.ts'
import { type SqlValue, textOf } from '../statement.ts'

/** What is used of a D1 binding. */
export interface D1Binding {
  prepare(sql: string): D1Statement
  batch(statements: D1Statement[]): Promise<{ results: Row[] }[]>
}

interface D1Statement {
  bind(...params: SqlValue[]): D1Statement
}

/** Speaks to a D1 database through its binding; D1 runs a batch as one transaction. */
export function openD1(binding: D1Binding): Driver {
  let isOpen = true
  const batch: Driver['batch'] = async (statements) => {
    if (!isOpen) throw new Failed({ kind: 'closed' })
    const answers = await binding.batch(
      statements.map((statement) => binding.prepare(textOf(statement)).bind(...statement.values)),
    )
    return answers.map(({ results }) => results)
  }
  return {
    engine: 'd1',
    batch,
    async checkWrites(statements) {
      await batch(statements)
    },
    async prepareDay() {},
    async tidy() {},
    deletionWaits: () => false,
    async close() {
      isOpen = false
    },
  }
}
