// The built-ins: each line installs a folder. The order matters where one folder's install code uses what
// another defines; runtime comes last, since it takes the events that run user code.

import './web/events';
import './intl';
import './web/console';
import './web/timers';
import './web/encoding';
import './web/url';
import './web/urlpattern';
import './web/streams';
import './web/compression';
import './web/blob';
import './web/crypto';
import './web/clone';
import './web/messaging';
import './web/navigator';
import './web/performance';
import './web/fetch';
import './node';
import './runtime';
import './runtime/warm';
