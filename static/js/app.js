// The contents page of the scripts. Every page reads and submits without them; each module is one
// behaviour and finds its elements by data-* attributes, those that htmx brings later too.
import "./theme.js";
import "./dialog.js";
import "./keys.js";
import "./menu.js";
import "./reveal.js";
import "./select.js";
import "./toast.js";
import "./combobox.js";
import "./chips.js";
import "./log.js";

// What is drawn only with scripts, or only without: see static/css/components/scripted.css.
document.documentElement.dataset.script = "on";
