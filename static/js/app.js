// The contents page of the scripts. Every page reads and submits without them; each module is one
// behaviour and finds its elements by data-* attributes, those that htmx brings later too.
import "./theme.js";
import "./autosubmit.js";
import "./dialog.js";
import "./keys.js";
import "./menu.js";
import "./reveal.js";
import "./rows.js";
import "./sort.js";
import "./select.js";
import "./toast.js";
import "./combobox.js";
import "./chips.js";
import "./log.js";
import "./drafts.js";
import "./guard.js";
import "./offline.js";
import "./search.js";
