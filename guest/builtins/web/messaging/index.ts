// MessageChannel, MessagePort and BroadcastChannel, and streams that can be transferred.

import { defineGlobals } from '../../define';
import { BroadcastChannel } from './broadcast';
import { MessageChannel, MessagePort } from './port';
import './streams';

defineGlobals({ MessageChannel, MessagePort, BroadcastChannel });

export { MessageChannel, MessagePort };
