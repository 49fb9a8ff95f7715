// Goes on to the latest version with the address's query and fragment, which a meta refresh drops.
const target = document.currentScript.dataset.latest;
location.replace(target + location.search + location.hash);
