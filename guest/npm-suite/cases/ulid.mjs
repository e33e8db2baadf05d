import { decodeTime, encodeTime, monotonicFactory, ulid } from 'ulid';
const next = monotonicFactory(() => 0.5);
console.log(encodeTime(1469918176385, 10), next(1469918176385), next(1469918176385), decodeTime('01ARZ3NDEKTSV4RRFFQ69G5FAV'), ulid().length);
