// From that script to the panel, and from the panel to it.
port.onMessage.addListener(go);
port?.onMessage;
port["onMessage"];
const { onMessage } = port;
const { onMessage: heard } = port;
