// The runtime: how a program is loaded, called and ended.

import { onUncaught } from '../web/events';
import './modules';
import './load';
import './request';
import { uncaught } from './uncaught';

onUncaught(uncaught);
