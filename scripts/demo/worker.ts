import { parentPort, workerData } from 'node:worker_threads'
import { playPart } from './deliver.ts'

await playPart(workerData, (events) => parentPort?.postMessage(events))
