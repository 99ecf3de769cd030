// made by ptcrm build. What a page does beyond being read: copy, filter, sort, keys, and a due list that knows which day it is.
// Nothing is fetched, nothing becomes markup: texts go in by textContent, rows are copies of rows the page came with.
(() => {
  "use strict";
  const one = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const kept = { words: "", column: 0, down: false, day: 0 }; // what a live reload must not lose

  // --- days: ordinals as Python counts them, so that no time zone can move one -------------------------------------

  const EPOCH = 719163;
  const MONTHS = "January February March April May June July August September October November December".split(" ");
  const WEEKDAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split(" ");
  const ordinal = (year, month, day) => new Date(0).setUTCFullYear(year, month - 1, day) / 864e5 + EPOCH;
  const parts = (day) => {
    const on = new Date((day - EPOCH) * 864e5);
    return { year: on.getUTCFullYear(), month: on.getUTCMonth(), day: on.getUTCDate(), weekday: (on.getUTCDay() + 6) % 7 };
  };
  const iso = (text) => {
    const found = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text);
    return found ? ordinal(+found[1], +found[2], +found[3]) : 0;
  };
  const today = () => {
    const asked = /[?#&]day=(\d{4}-\d\d-\d\d)/.exec(location.search + location.hash);
    const now = new Date();
    return asked ? iso(asked[1]) : ordinal(now.getFullYear(), now.getMonth() + 1, now.getDate());
  };
  const titleDay = (day) => {
    const on = parts(day);
    return `${WEEKDAYS[on.weekday]}, ${on.day} ${MONTHS[on.month]}`;
  };
  const nearDay = (day, now) => {
    const on = parts(day), ahead = day - now, text = `${on.day} ${MONTHS[on.month].slice(0, 3)}`;
    if (Math.abs(ahead) <= 1) return ["yesterday", "today", "tomorrow"][ahead + 1];
    if (Math.abs(ahead) <= 7) return `${WEEKDAYS[on.weekday].slice(0, 3)} ${text}`;
    return on.year === parts(now).year || (ahead > 0 && ahead < 60) ? text : `${text} ${on.year}`;
  };
  const between = (from, to) => { // days, weeks up to 9, then whole calendar months up to 24, then years
    const days = to - from;
    if (days < 14) return days === 1 ? "1 day" : `${days} days`;
    if (days < 70) return `${Math.floor(days / 7)} weeks`;
    const a = parts(from), b = parts(to);
    const months = (b.year - a.year) * 12 + b.month - a.month - (b.day < a.day ? 1 : 0);
    return months <= 24 ? `${months} months` : `${Math.floor(months / 12)} years`;
  };

  // --- copy --------------------------------------------------------------------------------------------------------

  const say = (text) => { one("#said").textContent = text; };
  const copy = async (button) => {
    const strip = button.closest(".strip"), code = one("code", strip), label = one(".label", button);
    try {
      await navigator.clipboard.writeText(code.textContent);
      label.textContent = "Copied";
      button.classList.add("copied");
      say("Copied");
      setTimeout(() => { label.textContent = "Copy"; button.classList.remove("copied"); say(""); }, 2000);
    } catch {
      strip.classList.add("shown");
      getSelection().selectAllChildren(code);
      say("The line is selected: copy it from here");
    }
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest(".copy");
    if (button) copy(button);
  });

  // --- the filter: words and key:value, all must hold (docs/commands.md, "Filters") ---------------------------------

  const LETTERS = { ø: "o", đ: "d", ł: "l", æ: "ae", œ: "oe", ı: "i", þ: "th", ð: "d", ß: "ss" };
  const fold = (text) => text.normalize("NFKD").toLowerCase().replace(/\p{M}/gu, "").replace(/[øđłæœıþðß]/g, (c) => LETTERS[c]).split(/\s+/).join(" ").trim();
  const SAME = { tags: "tag", groups: "group", aliases: "alias", hobbies: "hobby", location: "city", org: "company", title: "role" };
  const PLURAL = { hobby: "hobbies", alias: "aliases", city: "location" };
  const WHOLE = new Set("tier owner state status five tag group id kind coi".split(" "));
  const STATES = { quiet: "overdue", drifted: "lapsed", onfile: "on-file" };
  const escaped = (text) => text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
  const pattern = (value, whole) => {
    const body = fold(value.replace(/^#/, "")).split("*").map(escaped).join(whole ? ".*" : "[\\p{L}\\p{N}_]*");
    return new RegExp(whole ? `^${body}$` : `(?:^|[^\\p{L}\\p{N}_])${body}(?![\\p{L}\\p{N}_])`, "u");
  };
  const dayOf = (text, ahead, isEnd) => {
    const now = today(), span = /^(-?)(\d+)\s*(d|w|m|y)[a-z]*$/.exec(text), named = { yesterday: -1, today: 0, tomorrow: 1, 0: 0 };
    if (text in named) return now + named[text];
    if (span) {
      const count = +span[2] * (span[1] ? -1 : 1) * ahead, on = parts(now);
      if (span[3] === "d" || span[3] === "w") return now + count * (span[3] === "w" ? 7 : 1);
      const month = on.month + (span[3] === "y" ? 12 : 1) * count, last = parts(ordinal(on.year, month + 2, 0)).day;
      return ordinal(on.year, month + 1, Math.min(on.day, last));
    }
    const found = /^(\d{4})(?:-(\d\d?))?(?:-(\d\d?))?$/.exec(text);
    if (!found) return NaN;
    if (found[3]) return ordinal(+found[1], +found[2], +found[3]);
    return isEnd ? ordinal(+found[1], (+found[2] || 12) + 1, 0) : ordinal(+found[1], +found[2] || 1, 1);
  };
  const range = (key, value) => {
    const isDay = ["last", "due", "next"].includes(key), ahead = key === "last" ? -1 : 1;
    const dots = /^(.*?)\.\.(.*)$/.exec(value), signs = /^(<=|>=|<|>)\s*(.+)$/.exec(value);
    let [low, high] = dots ? [dots[1], dots[2]] : signs ? (signs[1][0] === "<" ? ["", signs[2]] : [signs[2], ""]) : [value, value];
    const read = (text, isEnd) => (isDay ? dayOf(text.trim().toLowerCase(), ahead, isEnd) : Number(text));
    let least = low ? read(low, false) : -Infinity, most = high ? read(high, true) : Infinity;
    if (least > most) [least, most] = [most, least];
    const strict = signs && !signs[1].endsWith("=");
    return (keys) => (keys[key] || []).some((found) => {
      const is = isDay && typeof found === "string" ? iso(found) : Number(found);
      return strict ? least < is && is < most : least <= is && is <= most;
    });
  };
  const has = (word, keys) => {
    const key = SAME[word] || word;
    if (key === "interactions" || key === "log") return (keys.interactions || [0])[0] > 0;
    if (key === "name" || (key !== "has" && (keys[key] || []).length)) return true;
    return [word, `${word}s`, PLURAL[word], PLURAL[key]].some((name) => (keys.has || []).includes(name));
  };
  const keyed = (name, value) => {
    const key = SAME[name] || name, pieces = value.split(/[,|]/).map((piece) => piece.trim()).filter(Boolean);
    if (!pieces.length) return () => true; // still being typed
    if (key === "has") return (keys) => pieces.some((piece) => has(fold(piece), keys));
    if (key === "missing") return (keys) => !pieces.some((piece) => has(fold(piece), keys));
    if (key === "near") return (keys) => pieces.some((piece) => (keys.city || []).some((place) => place.includes(fold(piece))));
    if (["last", "due", "next", "ratio", "freshness", "interactions"].includes(key)) return range(key, value.trim());
    const patterns = pieces.map((piece) => pattern((key === "state" && STATES[fold(piece)]) || piece, WHOLE.has(key)));
    return (keys) => {
      const texts = key === "coi" ? keys.coi || ["no"] : key === "name" ? [...(keys.name || []), ...(keys.alias || [])] : Object.hasOwn(keys, key) ? keys[key] : [];
      return texts.some((text) => patterns.some((found) => found.test(fold(String(text)))));
    };
  };
  const bare = (word) => {
    const start = new RegExp(`(?:^|[^\\p{L}\\p{N}_])${escaped(fold(word.replace(/\*/g, "")))}`, "u");
    return (keys) => ["name", "slug", "alias", "company", "tag"].some((key) => (keys[key] || []).some((text) => start.test(text)));
  };
  const filter = (text) => {
    const tests = [];
    for (const part of text.match(/(?:[^\s"]|"[^"]*"?)+/g) || []) {
      const term = part.replace(/"/g, ""), found = /^(-?)([\p{L}][\p{L}\p{N}_ .-]*?)\s*(?:[:=]|(?=[<>]))(.*)$/su.exec(term);
      const isNot = term.length > 1 && term[0] === "-";
      const test = found && !found[3].startsWith("//") ? keyed(fold(found[2]).replace(/[_ -]/g, ""), found[3]) : bare(isNot ? term.slice(1) : term);
      tests.push(isNot ? (keys) => !test(keys) : test);
    }
    return (keys) => tests.every((test) => test(keys));
  };

  // --- people: filter, sort, keys ------------------------------------------------------------------------------------

  const people = () => {
    const table = one("#folk"), field = one("#filter");
    if (!table || !("sort" in table.dataset) || "ready" in table.dataset) return;
    table.dataset.ready = "";
    const rows = all("tbody tr", table).map((row, place) => ({ row, place, link: one("a", row), keys: null }));
    const bodies = all("tbody", table), size = bodies[0].rows.length, count = one("#count"), heads = all("thead th", table);
    const nobody = one("#nobody"), fewer = nobody.textContent;
    const values = new Map(); // column -> what its cells sort by
    const collator = new Intl.Collator("en", { sensitivity: "base", numeric: true });
    let shown = rows, timer = 0;

    const keysOf = ({ row, link }) => {
      try {
        const keys = JSON.parse(row.dataset.keys), id = decodeURIComponent(link.getAttribute("href")).replace(/^contacts\/|(~[0-9a-f]{10})?\.html$/g, "");
        return { ...keys, id: [id, id.split("/").pop()], slug: [id.split("/").pop()] };
      } catch {
        return {};
      }
    };
    const show = () => {
      const holds = filter(field.value);
      shown = [];
      for (const person of rows) {
        person.keys ??= keysOf(person);
        const is = holds(person.keys);
        person.row.hidden = !is;
        if (is) shown.push(person);
      }
      for (const body of bodies) body.hidden = shown.length !== rows.length && !one("tr:not([hidden])", body);
      const all = `${rows.length} people`, words = shown.length === rows.length ? all : `${shown.length} of ${all}`;
      nobody.hidden = shown.length > 0;
      nobody.textContent = (/(?:^|\s)(?:tier\s*[:=]|has:tier)/i.test(field.value) && nobody.dataset.untiered) || fewer;
      table.hidden = shown.length === 0;
      clearTimeout(timer);
      timer = setTimeout(() => { if (count.textContent !== words) count.textContent = words; }, 120); // said once, not at each key
      kept.words = field.value;
    };
    const value = (person, column) => {
      const cell = person.row.cells[column], text = cell.dataset.v ?? cell.textContent.trim();
      return text === "" || text === "-1" ? null : /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
    };
    const sort = (column, down) => {
      const isName = heads[column].classList.contains("nm"); // the page came in the order of names
      if (!isName && !values.has(column)) values.set(column, new Map(rows.map((person) => [person, value(person, column)])));
      const of = values.get(column), sign = down ? -1 : 1;
      rows.sort((a, b) => {
        if (isName) return sign * (a.place - b.place);
        const x = of.get(a), y = of.get(b);
        if (x === null || y === null) return (x === null) - (y === null) || a.place - b.place; // what is not known stands last
        const order = typeof x === "number" && typeof y === "number" ? x - y : collator.compare(x, y);
        return sign * order || a.place - b.place;
      });
      rows.forEach((person, place) => bodies[Math.floor(place / size)].append(person.row));
      heads.forEach((head, place) => (place === column ? head.setAttribute("aria-sort", down ? "descending" : "ascending") : head.removeAttribute("aria-sort")));
      Object.assign(kept, { column, down });
      show();
    };
    heads.forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => sort(column, head.getAttribute("aria-sort") === "ascending"));
    });
    field.closest("[hidden]").hidden = false;
    field.addEventListener("input", show);
    addEventListener("pageshow", () => { if (field.value && field.value !== kept.words) show(); }, { once: true }); // "back" restores what was typed
    if (kept.words && !field.value) field.value = kept.words;
    sort(kept.column || heads.findIndex((head) => head.classList.contains("nm")), kept.down);

    const move = (step, event) => {
      const seen = rows.filter((person) => !person.row.hidden), at = seen.findIndex((person) => person.link === document.activeElement);
      const isField = document.activeElement === field;
      if (at < 0 && !isField) return;
      event.preventDefault();
      const next = isField ? (step > 0 ? 0 : -1) : at + step;
      if (next < 0) return field.focus();
      const link = seen[Math.min(next, seen.length - 1)]?.link;
      link?.focus();
      link?.scrollIntoView({ block: "nearest" });
    };
    people.key = (event) => {
      if (!field.isConnected || event.ctrlKey || event.metaKey || event.altKey) return;
      const isTyping = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
      if (event.key === "/" && !isTyping) {
        event.preventDefault();
        field.focus();
        field.select();
      } else if (event.key === "Escape" && (field.value || document.activeElement === field)) {
        field.value = "";
        show();
        field.focus();
      } else if (event.key === "Enter" && event.target === field) {
        rows.find((person) => !person.row.hidden)?.link.click();
      } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        move(event.key === "ArrowDown" ? 1 : -1, event);
      }
    };
  };
  document.addEventListener("keydown", (event) => people.key?.(event));

  // --- an old due list: the same rules as docs/due.md, for the day it is read ---------------------------------------

  const SMALL = "No One Two Three Four Five Six Seven Eight Nine Ten Eleven Twelve".split(" ");
  const MOST_WAITING = 100, MOST_SOON = 40, OVERDUE = 1.5, LAPSED = 3, LAPSED_DAYS = 365;
  const holds = (windows, day) => (windows || []).find((found) => found[0] <= day && day <= found[1]);
  const safe = (href) => (/^(?:https?:|mailto:|tel:|sms:|geo:)/i.test(href) ? href : /^[^/\\:?#][^\\:]*$/.test(href) ? one("main").dataset.root + href : null);
  const sentence = (text) => (text ? text[0].toUpperCase() + text.slice(1) + (/[.!?…”"']$/.test(text) ? "" : ".") : "");

  const stand = (person, day, soonDays) => {
    const at = { ...person, ...(person.later || []).filter((then) => then.from <= day).pop() }, { last, base, next, span } = at;
    const owed = holds(at.owed, day), silent = holds(at.silent, day), ahead = next - day, hasTurn = next > 0 && !person.never;
    const ratio = hasTurn ? Math.min(Math.max(0, 1 - ahead / span), base ? Infinity : 1) : 0;
    let state = "on-file";
    if (hasTurn && !base) state = "new";
    else if (hasTurn && ahead > 0) state = ahead <= Math.min(soonDays, span / 4) ? "soon" : "fresh";
    else if (hasTurn) state = ratio >= LAPSED && person.quiet_long && last && day - last > LAPSED_DAYS ? "lapsed" : ratio >= OVERDUE ? "overdue" : "due";
    const dated = at.gone ? [] : (person.dated || []).filter(([on, early, after]) => on - early <= day && day <= on + after && (day <= on || last < on));
    return {
      person, owed, state, next, ahead, silent, last, hasTurn, dated, hook: at.hook, score: ratio * ratio * person.boost,
      listed: Boolean(owed) || (hasTurn && ahead <= 0 && !silent), fresh: last && span ? Math.round(100 * 2 ** (-(day - last) / span)) : null,
    };
  };
  const order = (a, b) =>
    !a.owed - !b.owed || (a.state === "lapsed") - (b.state === "lapsed") || b.score - a.score || (a.next || 1e7) - (b.next || 1e7) ||
    (a.person.id < b.person.id ? -1 : 1);
  const PROMISES = new Set(["promise", "theirs", "next contact"]), byText = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
  const YEARLY = new Set(["birthday", "work anniversary", "date"]);
  const WHY = {
    promise: "there is a promise open", plan: "there is a plan open", "next contact": "you promised to be in touch", birthday: "it is their birthday", date: "it is their day",
    answer: "an answer is waiting", thanks: "a thank-you is open",
  };
  const dayWords = (on, day) => (Math.abs(on - day) <= 1 ? nearDay(on, day) : `${WEEKDAYS[parts(on).weekday].slice(0, 3)} ${parts(on).day} ${MONTHS[parts(on).month].slice(0, 3)}`);
  const hook = (found, day) => { // what is owed, what they promised, an occasion that is near, else what it was when built
    const near = found.dated.filter((one) => YEARLY.has(one[3])).sort((a, b) => a[0] - b[0] || (a[3] < b[3] ? -1 : 1))[0];
    const said = (found.owed || holds(found.person.awaited, day) || [])[2] || (near ? `${near[4]} · ${dayWords(near[0], day)}` : "");
    return sentence(said || found.hook || "");
  };
  const quiet = (last, day) => (!last ? "no contact yet" : last >= day ? "in touch today" : `quiet for ${between(last, day)}`);

  const recompute = () => {
    const source = one("#data"), patterns = one("#patterns");
    if (!source || !patterns) return;
    const data = JSON.parse(source.textContent), day = today();
    if (!data.built || (day <= data.built && !kept.day) || day === kept.day) return;
    kept.day = day;
    const [rowPattern, linePattern] = all("li", patterns.content).filter((item) => item.parentElement.matches("ol, ul:not(.reach)"));
    const moon = (state) => {
      const found = one(`p > .s-${state}`, patterns.content);
      return found ? found.cloneNode(true) : document.createElement("i");
    };
    const text = (within, selector, words) => { one(selector, within).textContent = words; };
    const name = (within, person) => {
      const link = one("a", within), href = safe(person.href);
      link.textContent = person.name;
      href ? (link.href = href) : link.removeAttribute("href");
    };
    const reason = (found) => [quiet(found.last, day) + (found.state === "lapsed" ? ": keep, loosen or let go?" : ""), found.person.tail].filter(Boolean).join(" · ");

    const row = (found) => {
      const item = rowPattern.cloneNode(true), { person, fresh } = found, reach = one(".reach", item), bar = one(".warm", item), strip = one(".strip", item);
      one(":scope > svg", item)?.remove();
      item.prepend(moon(found.state));
      name(one("h3", item), person);
      text(item, ".role", person.role || "");
      text(item, ".hook", hook(found, day));
      text(item, ".reason", reason(found));
      if (fresh === null) bar.remove();
      else {
        text(bar, ".word", fresh >= 60 ? "warm" : fresh >= 30 ? "cooling" : "cold");
        const svg = one("svg", bar), fill = one(".fill", svg) || all("rect", svg)[1];
        for (const part of [svg, fill]) part.setAttribute("class", part.getAttribute("class")?.replace(/\bs-[a-z-]+/, `s-${found.state}`) ?? "");
        fill.setAttribute("width", String((fresh / 100) * Number(svg.getAttribute("width"))));
      }
      reach.replaceChildren(...(person.reach || []).filter((link) => safe(link[1])).map(([words, href]) => {
        const li = document.createElement("li"), link = document.createElement("a");
        link.href = safe(href);
        link.textContent = words;
        link.setAttribute("aria-label", `${words} ${person.name}`);
        li.append(link);
        return li;
      }));
      if (person.log) {
        text(strip, "code", person.log);
        text(strip, ".vh", ` for ${person.name}`);
      } else strip.remove();
      return item;
    };
    const line = (found) => {
      const item = linePattern.cloneNode(true);
      item.prepend(moon(found.state));
      name(item, found.person);
      text(item, ".what span", quiet(found.last, day));
      text(item, ".when", found.next ? (found.ahead <= 0 ? "now" : nearDay(found.next, day)) : "");
      return item;
    };
    const fill = (list, items) => list.replaceChildren(...items);
    const soonDays = data.soon_days, standings = (on) => data.people.map((person) => stand(person, on, soonDays));
    const everybody = standings(day), listed = everybody.filter((found) => found.listed).sort(order);
    const beyond = Math.max(0, data.listed - standings(data.built).filter((found) => found.listed).length); // due, and not among the page's people
    const monday = day - parts(day).weekday, isSameWeek = monday <= data.built;
    const since = everybody.filter((found) => found.last > data.built && found.last >= monday && !(isSameWeek && found.person.last >= monday)).length;
    const room = data.whose ? data.room : Math.max(0, data.room - (isSameWeek ? data.touched : 0) - since);
    const few = listed.filter((found, place) => place < room || found.owed || found.dated.length);
    const waiting = listed.filter((found) => !few.includes(found)), count = waiting.length + beyond;

    const old = titleDay(data.built), h1 = one("h1");
    h1.dataset.words ??= h1.textContent;
    h1.dataset.title ??= document.title;
    h1.textContent = h1.dataset.words.replace(old, titleDay(day));
    document.title = h1.dataset.title.replace(old, titleDay(day));
    const lede = one("#lede"), first = few[0]?.person.name.split(" ")[0];
    lede.hidden = !few.length;
    const said = few.length ? WHY[few[0].owed?.[3]] || "" : "", who = `${SMALL[few.length] ?? few.length} ${few.length === 1 ? "person" : "people"} ${data.whose || "today"}.`;
    const then = few.length > 1 ? ` ${first} first${said && `: ${said}`}.` : said ? ` ${said[0].toUpperCase()}${said.slice(1)}.` : "";
    lede.textContent = few.length ? who + then : "";
    fill(one("#few .rows"), few.map(row));
    one("#few").hidden = one("#note").hidden = !few.length;
    const none = one("#none");
    none.hidden = few.length > 0;
    if (few.length) one("main").classList.remove("free");
    else one("main").classList.add("free");
    const folded = one("#waiting");
    folded.hidden = !count;
    text(folded, "summary span", `${count} more ${count === 1 ? "is" : "are"} waiting`);
    const named = waiting.slice(0, MOST_WAITING);
    fill(one("ul", folded), named.map(line));
    text(folded, ".rest span", named.length);
    one(".rest", folded).hidden = count <= named.length;

    const dated = everybody.flatMap(({ person, dated }) => dated.map(([on, , , sign, what]) => ({ person, on, sign, what })));
    dated.sort((a, b) => a.on - b.on || byText(a.person.name, b.person.name) || byText(a.what, b.what));
    const dateLine = ({ person, on, sign, what }) => {
      const item = linePattern.cloneNode(true), drawn = one(`[data-sign="${sign}"] svg`, patterns.content);
      if (drawn) item.prepend(drawn.cloneNode(true));
      name(item, person);
      text(item, ".what span", what);
      text(item, ".when", nearDay(on, day));
      return item;
    };
    for (const [id, fits] of [["dates", (sign) => !PROMISES.has(sign)], ["promised", (sign) => PROMISES.has(sign)]]) {
      const items = dated.filter((found) => fits(found.sign)).map(dateLine);
      fill(one(`#${id} ul`), items);
      one(`#${id}`).hidden = !items.length;
    }
    const near = everybody.filter((found) => !found.listed && !found.silent && found.hasTurn && found.ahead > 0 && found.ahead <= soonDays);
    near.sort((a, b) => a.next - b.next || byText(a.person.id, b.person.id));
    fill(one("#soon ul"), near.slice(0, MOST_SOON).map(line));
    one("#soon").hidden = !near.length;

    const days = day - data.built, banner = one("#stale");
    banner.textContent = `Built ${days === 1 ? "yesterday" : `${days} days ago`}. Days and order are worked out for today; what you logged since then is missing.`;
    banner.hidden = one("#banner").hidden = days < 1;
  };
  const mark = () => { // today in the calendar
    const now = parts(today()), month = all(".month").find((found) => one("h2", found).textContent === `${MONTHS[now.month]} ${now.year}`);
    const square = month && all("td", month).find((found) => one(".day", found)?.textContent === String(now.day));
    if (!square) return;
    all("[aria-current=date]").forEach((found) => found.removeAttribute("aria-current"));
    square.setAttribute("aria-current", "date");
  };
  document.addEventListener("visibilitychange", () => { if (!document.hidden) recompute(); }); // a page left open overnight

  window.ptcrmStart = () => {
    document.documentElement.classList.add("js");
    people();
    kept.day = 0;
    recompute();
    mark();
  };
  window.ptcrmStart();
})();
