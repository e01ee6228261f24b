/** What is used of the module that Workers bring along. */
declare module 'cloudflare:workers' {
  export class DurableObject {
    protected ctx: { storage: { setAlarm(scheduledAt: number): Promise<void> } }
  }
}
