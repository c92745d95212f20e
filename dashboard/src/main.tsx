import { render } from "preact";
import { App } from "./app.tsx";
import "./styles/base.css";
import "./styles/shell.css";
import "./styles/jobs.css";
import "./styles/job.css";
import "./styles/pages.css";

render(<App />, document.getElementById("app")!);
