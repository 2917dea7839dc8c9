import { connect } from "kafkaio";
import { App } from "./app.js";
import { Navigation } from "./navigation.js";
import { Preferences, type Keeper } from "./store/preferences.js";
import { Session } from "./store/session.js";
import { askForToken, keepToken, keptToken, shareToken } from "./token.js";

/** The browser's storage; undefined where it is forbidden. */
function storage(): Keeper | undefined {
  try {
    return localStorage;
  } catch {
    return undefined;
  }
}

const navigation = new Navigation();
const preferences = new Preferences(storage());
addEventListener("storage", () => preferences.read());
const session = new Session({ connect });

let given: string | undefined;
navigation.onToken = (token) => (given = token);
navigation.start();

const token = given ?? (keptToken() || (await askForToken()));
if (token !== "") keepToken(token);
navigation.onToken = (token) => {
  keepToken(token);
  session.start({ token });
};
navigation.changes.subscribe(() => {
  if (navigation.cluster !== session.cluster) session.start({ cluster: navigation.cluster });
});
shareToken(() => (session.kafka ? session.token : ""));
session.start({ token, cluster: navigation.cluster });

document.body.append(Object.assign(new App(), { session, navigation, preferences }));
