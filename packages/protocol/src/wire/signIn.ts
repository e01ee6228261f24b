import * as v from 'valibot'
import { described } from './values.ts'

/** What the sign-in form sends. */
export const signInFormSchema = v.object({ token: described(v.string(), 'The admin token.') })

export type SignInForm = v.InferOutput<typeof signInFormSchema>
