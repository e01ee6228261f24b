import { doneSchema } from './values.ts'

/** The server and its store are well. */
export const healthSchema = doneSchema({})
