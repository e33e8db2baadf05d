// Entries for what was fetched, and their buffer: a program (or a library in it) says what it has timed, by
// performance.markResourceTiming. holm's own fetch is not timed.

import { inspectable } from '../console/inspectable';
import { startImmediate } from '../timers/queue';
import { defineInterface } from '../webidl/interface';
import { announceEntry, entryKey, illegalConstructor, PerformanceEntry } from './entries';

interface Connection {
  domainLookupStartTime?: number;
  domainLookupEndTime?: number;
  connectionStartTime?: number;
  connectionEndTime?: number;
  secureConnectionStartTime?: number;
  ALPNNegotiatedProtocol?: unknown;
}

/** The times of a fetch, by the names of the Fetch standard. */
export interface TimingInfo {
  startTime: number;
  endTime: number;
  redirectStartTime: number;
  redirectEndTime: number;
  postRedirectStartTime: number;
  finalServiceWorkerStartTime: number;
  finalNetworkRequestStartTime: number;
  finalNetworkResponseStartTime: number;
  encodedBodySize: number;
  decodedBodySize: number;
  finalConnectionTimingInfo: Connection | null;
}

interface Resource {
  info: TimingInfo;
  initiatorType: string;
  cacheMode: string;
  status: number;
  deliveryType: string;
}

/** What the standard adds to the size of a body for the headers of a response that came from the network. */
const HEADER_BYTES = 300;

export class PerformanceResourceTiming extends PerformanceEntry {
  #resource: Resource;

  constructor(secret: unknown, name: string, resource: Resource) {
    if (secret !== entryKey) throw illegalConstructor();
    const { startTime, endTime } = resource.info;
    super(secret, name, 'resource', startTime, endTime - startTime);
    this.#resource = resource;
  }

  get initiatorType(): string {
    return this.#resource.initiatorType;
  }
  get nextHopProtocol(): unknown {
    return this.#resource.info.finalConnectionTimingInfo?.ALPNNegotiatedProtocol ?? [];
  }
  get workerStart(): number {
    return this.#resource.info.finalServiceWorkerStartTime;
  }
  get redirectStart(): number {
    return this.#resource.info.redirectStartTime;
  }
  get redirectEnd(): number {
    return this.#resource.info.redirectEndTime;
  }
  get fetchStart(): number {
    return this.#resource.info.postRedirectStartTime;
  }
  get domainLookupStart(): number | undefined {
    return this.#resource.info.finalConnectionTimingInfo?.domainLookupStartTime;
  }
  get domainLookupEnd(): number | undefined {
    return this.#resource.info.finalConnectionTimingInfo?.domainLookupEndTime;
  }
  get connectStart(): number | undefined {
    return this.#resource.info.finalConnectionTimingInfo?.connectionStartTime;
  }
  get connectEnd(): number | undefined {
    return this.#resource.info.finalConnectionTimingInfo?.connectionEndTime;
  }
  get secureConnectionStart(): number | undefined {
    return this.#resource.info.finalConnectionTimingInfo?.secureConnectionStartTime;
  }
  get requestStart(): number {
    return this.#resource.info.finalNetworkRequestStartTime;
  }
  get responseStart(): number {
    return this.#resource.info.finalNetworkResponseStartTime;
  }
  get responseEnd(): number {
    return this.#resource.info.endTime;
  }
  get encodedBodySize(): number {
    return this.#resource.info.encodedBodySize;
  }
  get decodedBodySize(): number {
    return this.#resource.info.decodedBodySize;
  }
  get transferSize(): number {
    if (this.#resource.cacheMode === 'local') return 0;
    if (this.#resource.cacheMode === 'validated') return HEADER_BYTES;
    return this.#resource.info.encodedBodySize + HEADER_BYTES;
  }
  get deliveryType(): string {
    return this.#resource.deliveryType;
  }
  get responseStatus(): number {
    return this.#resource.status;
  }
  override toJSON(): Record<string, unknown> {
    return { ...super.toJSON(), ...valuesOf(this) };
  }
}

const NAMES = [
  'initiatorType', 'nextHopProtocol', 'workerStart', 'redirectStart', 'redirectEnd', 'fetchStart', 'domainLookupStart', 'domainLookupEnd',
  'connectStart', 'connectEnd', 'secureConnectionStart', 'requestStart', 'responseStart', 'responseEnd', 'transferSize', 'encodedBodySize',
  'decodedBodySize', 'deliveryType', 'responseStatus',
] as const;

function valuesOf(entry: PerformanceResourceTiming): Record<string, unknown> {
  return Object.fromEntries(NAMES.map((name) => [name, entry[name]]));
}

let sizeMax = 250;
let buffer: PerformanceResourceTiming[] = [];
/** What came since the buffer was full, until those who listen for that have made room or not. */
let secondary: PerformanceResourceTiming[] = [];
let fullPending = false;
let full: () => void = () => {};

/** Who is told that the buffer is full. */
export function onFull(listener: () => void): void {
  full = listener;
}

export function resources(): readonly PerformanceResourceTiming[] {
  return buffer;
}

export function clearResources(): void {
  buffer = [];
}

/** Anything but a whole number of entries means none. */
export function setResourceBufferSize(size: unknown): void {
  sizeMax = typeof size === 'number' && Number.isInteger(size) && size >= 0 ? size : 0;
}

export function markResource(name: string, resource: Resource): PerformanceResourceTiming {
  const entry = new PerformanceResourceTiming(entryKey, name, resource);
  announceEntry(entry);
  if (buffer.length < sizeMax && !fullPending) {
    buffer.push(entry);
    return entry;
  }
  if (!fullPending) {
    fullPending = true;
    startImmediate(fireFull);
  }
  // Beyond what the buffer can be asked to hold nothing is kept.
  if (secondary.length < 1000) secondary.push(entry);
  return entry;
}

function fireFull(): void {
  while (secondary.length > 0) {
    const before = secondary.length;
    if (buffer.length >= sizeMax) full();
    while (secondary.length > 0 && buffer.length < sizeMax) buffer.push(secondary.shift()!);
    if (secondary.length >= before) secondary = [];
  }
  fullPending = false;
}

defineInterface(PerformanceResourceTiming, 'PerformanceResourceTiming', { constructor: 0 });
inspectable(PerformanceResourceTiming, (entry) => {
  const { transferSize, encodedBodySize, ...shown } = valuesOf(entry);
  const { name, entryType, startTime, duration } = entry;
  const all: Record<string, unknown> = { name, entryType, startTime, duration };
  for (const [key, value] of Object.entries(shown)) {
    if (key === 'decodedBodySize') Object.assign(all, { transferSize, encodedBodySize });
    all[key] = value;
  }
  return all;
});
