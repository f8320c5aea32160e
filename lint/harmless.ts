// A comment may mention innerHTML, cookies and chrome.
Page.open(1);
Object.create(null);
input.type = "submit";
port.postMessage({ chromeless: true });
navigator.language;
stream.write(text);
