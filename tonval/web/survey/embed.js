/* A survey on a page of your own. Put this where it is to stand:

     <div data-tonval-survey data-title="How did it go?">Open this page by the link we sent you.</div>
     <script src="https://survey.example.com/s/embed.js" async></script>

   The address of the page must end in # and the token from the customer's link: Tonval writes its links so when the
   survey names the page (page: address). The page's origin must be among the survey's frames (page: frames).
   The survey tells its height; when it is over, the event "tonval:done" comes from the div. */
(() => {
  "use strict";
  const home = new URL(document.currentScript.src).origin;
  const token = location.hash.slice(1);

  const build = (place) => {
    const frame = document.createElement("iframe");
    frame.title = place.dataset.title || document.title;
    frame.referrerPolicy = "no-referrer";
    frame.src = `${home}/s/${token}${location.search}`;
    Object.assign(frame.style, {display: "block", width: "100%", height: "30rem", border: "0"});
    addEventListener("message", (event) => {
      if (event.origin !== home || event.source !== frame.contentWindow || !event.data) return;
      if (event.data.type === "tonval:size") frame.style.height = `${Math.min(Number(event.data.height) || 0, 20000)}px`;
      if (event.data.type === "tonval:done") place.dispatchEvent(new CustomEvent("tonval:done", {bubbles: true}));
    });
    frame.addEventListener("load", () => frame.contentWindow.postMessage({type: "tonval:hello"}, home));
    place.replaceChildren(frame);
  };

  const start = () => document.querySelectorAll("[data-tonval-survey]").forEach(build);
  if (!/^[0-9A-Za-z]{22}$/.test(token)) return;
  if (document.readyState === "loading") addEventListener("DOMContentLoaded", start);
  else start();
})();
