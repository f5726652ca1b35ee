// What ical.js reads in calendars: a JSON list of texts comes in, a JSON list of what stands in each goes out.
import { text } from "node:stream/consumers";
import ICAL from "ical.js";

const people = (event, name) => event.getAllProperties(name).map((each) => [each.getParameter("cn") ?? "", each.getFirstValue()]);
const words = (event, name) => event.getFirstPropertyValue(name) ?? "";

// Moments go by the rules that stand in the file, never by those of this machine: a zone without rules is an error.
function moment(event, name) {
  const property = event.getFirstProperty(name);
  const time = property.getFirstValue();
  const zone = property.getParameter("tzid");
  if (zone && time.zone.tzid !== zone) throw new Error(`no rules for ${zone}`);
  if (!zone && time.zone !== ICAL.Timezone.utcTimezone) throw new Error(`${name} is on no clock`);
  return time.toUnixTime();
}

function appointment(event) {
  return {
    uid: words(event, "uid"),
    sequence: words(event, "sequence"),
    changed_at: moment(event, "dtstamp"),
    starts_at: moment(event, "dtstart"),
    ends_at: moment(event, "dtend"),
    status: words(event, "status"),
    title: words(event, "summary"),
    description: words(event, "description"),
    place: words(event, "location"),
    organizer: people(event, "organizer"),
    attendees: people(event, "attendee"),
  };
}

function calendar(written) {
  const root = new ICAL.Component(ICAL.parse(written));
  return { method: words(root, "method"), appointments: root.getAllSubcomponents("vevent").map(appointment) };
}

process.stdout.write(JSON.stringify(JSON.parse(await text(process.stdin)).map(calendar)));
