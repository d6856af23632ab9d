// The projector: shows the scene of the moment, sends nothing.

import { Link } from "./link.js";
import { fetched, keyOfAddress, loadTexts, refuse } from "./starting.js";
import { t } from "./texts.js";
import { Viewer } from "./viewer.js";

const [ground] = await Promise.all([fetched("/ground.json"), loadTexts()]);
const viewer = new Viewer(document.body, "screen", ground, () => {});
new Link(() => ({ role: "screen", token: keyOfAddress() }), (message) => viewer.receive(message), (status, reason) => {
  if (status === "refused") refuse(document.body, reason);
  else viewer.tell(status === "lost" ? t("link.lost") : "");
});
