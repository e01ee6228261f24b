import { buildDashboard } from '../scripts/buildDashboard.ts'

/** Tests of the server serve the built page. */
export default async function setup(): Promise<void> {
  await buildDashboard()
}
