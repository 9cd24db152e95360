(function () {
  "use strict";
  var filter = document.getElementById("filter");
  if (!filter) return;
  var cases = Array.prototype.slice.call(document.querySelectorAll("#worst details.case"));
  var text = document.getElementById("filter-text");
  var metric = document.getElementById("filter-metric");
  var shown = document.getElementById("filter-shown");
  filter.hidden = false;
  function apply() {
    var wanted = text.value.trim().toLowerCase();
    var count = 0;
    cases.forEach(function (item) {
      var fits = item.textContent.toLowerCase().indexOf(wanted) >= 0 &&
        (!metric.value || (" " + item.dataset.lost + " ").indexOf(" " + metric.value + " ") >= 0);
      item.hidden = !fits;
      if (fits) count += 1;
    });
    shown.textContent = count + " of " + cases.length;
  }
  function each(open) {
    return function () { cases.forEach(function (item) { item.open = open; }); };
  }
  text.addEventListener("input", apply);
  metric.addEventListener("change", apply);
  document.getElementById("open-all").addEventListener("click", each(true));
  document.getElementById("close-all").addEventListener("click", each(false));
  function reveal() {
    var target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    var item = target && target.closest("details");
    if (item) { item.hidden = false; item.open = true; target.scrollIntoView(); }
  }
  window.addEventListener("hashchange", reveal);
  apply();
  reveal();
})();
