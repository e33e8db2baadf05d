// The compression standard: CompressionStream and DecompressionStream.

import { defineGlobals } from '../../define';
import { inspectable } from '../console/inspectable';
import { defineInterface } from '../webidl/interface';
import { CompressionStream, DecompressionStream } from './streams';

defineInterface(CompressionStream, 'CompressionStream');
defineInterface(DecompressionStream, 'DecompressionStream');
defineGlobals({ CompressionStream, DecompressionStream });

inspectable(CompressionStream, ({ readable, writable }) => ({ readable, writable }));
inspectable(DecompressionStream, ({ readable, writable }) => ({ readable, writable }));
