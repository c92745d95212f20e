// Other people's clients, each through a forced disconnect and a finished job, in Chromium, Node, Python, Rust and the shell · about 5 min.
// Needs Chromium, python3 with venv, and curl.
import "../../scripts/test-foreign.mjs";
