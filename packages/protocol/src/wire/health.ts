import { doneSchema } from './values.ts'

/** The server and its store work. */
export const healthSchema = doneSchema({})
