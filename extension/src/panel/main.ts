/** The panel's page. */

import "./app";
