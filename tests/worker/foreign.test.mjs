// Other people's clients that need nothing but Node. The others: `npm run test:foreign`.
import { IN_NODE } from "../foreign/clients.mjs";
import { tryAll } from "../foreign/suite.mjs";

tryAll(IN_NODE);
