// The contents page of the scripts. Every page reads and submits without them; each module is one
// behaviour and finds its elements by data-* attributes, those that htmx brings later too.
import "./theme.js";
import "./dialog.js";
import "./keys.js";
import "./menu.js";
import "./toast.js";
