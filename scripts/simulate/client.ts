import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

/** What a simulation calls of the client: the present one, or one that lacks a rule. */
export interface Client {
  grantConsent: typeof import('../../packages/client/src/consent/grant.ts').grantConsent
  withdrawConsent: typeof import('../../packages/client/src/rights/withdraw.ts').withdrawConsent
  noteEnvironmentNo: typeof import('../../packages/client/src/consent/environmentNo.ts').noteEnvironmentNo
  readDecision: typeof import('../../packages/client/src/consent/record.ts').readDecision
  directoriesOf: typeof import('../../packages/client/src/settings/directories.ts').directoriesOf
  detectEnvironment: typeof import('../../packages/client/src/settings/detectEnvironment.ts').detectEnvironment
  previewDay: typeof import('../../packages/client/src/show/preview.ts').previewDay
  sendDue: typeof import('../../packages/client/src/send/send.ts').sendDue
  sendInBackground: typeof import('../../packages/client/src/send/send.ts').sendInBackground
  sendQueued: typeof import('../../packages/client/src/send/send.ts').sendQueued
}

const MODULES = [
  ...['consent/grant', 'consent/environmentNo', 'consent/record', 'rights/withdraw', 'rights/rights'],
  ...['settings/directories', 'settings/detectEnvironment', 'show/preview', 'send/send'],
]

/** @param folder the client's package. */
export async function loadClient(folder: string): Promise<Client> {
  const modules = await Promise.all(
    MODULES.map((name) => import(pathToFileURL(join(folder, 'src', `${name}.ts`)).href)),
  )
  return Object.assign({}, ...modules)
}
