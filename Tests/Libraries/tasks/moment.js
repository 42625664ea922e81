// packages: libjs-moment
// modules: moment = javascript/moment/moment-with-locales.js
// fuel: 11000000   heap: 8m   allow: clock
const moment = require('moment');
let at = moment.utc('2000-02-28T23:59:59.123Z');
const base = at.clone();
for (const locale of ['en', 'de', 'fr', 'ru', 'ar', 'ja', 'hi', 'pl', 'tr', 'zh-cn', 'fa', 'gd', 'cs']) {
    moment.locale(locale);
    at = at.clone().locale(locale).add(37, 'days').add(5, 'hours').subtract(1, 'months');
    console.log(locale, at.format('LLLL | dddd Do MMMM YYYY, h:mm:ss.SSS a | ddd Wo [week] GGGG Q DDDo'), '|', at.from(base), '|', at.calendar(base), '|', at.clone().startOf('week').format(), at.clone().endOf('month').format('l LT'));
    console.log(moment.duration(at.diff(base)).humanize(true), moment.localeData().ordinal(3), moment.months().join(), moment.weekdaysMin().join());
}
moment.locale('en');
for (let i = 0; i < 150; i++) {
    const day = moment.utc([1999 + i % 40, i % 12, 1 + i % 28, i % 24, i % 60]);
    console.log(day.format(), day.isoWeek(), day.week(), day.dayOfYear(), day.quarter(), day.isLeapYear(), day.daysInMonth(), day.valueOf(), day.clone().add(i, ['days', 'hours', 'weeks'][i % 3]).toISOString());
}
for (const [text, format] of [['12/25/1995', 'MM-DD-YYYY'], ['1995-12-25T03:24+02:00'], ['2013-W06-5T09'], ['Mon, 06 Mar 2017 21:22:23 +0000', moment.RFC_2822], ['5 fév. 2012', 'D MMM YYYY'], ['24/12/2019 09:15:00', 'DD MM YYYY hh:mm:ss'], ['2010-13-01', 'YYYY-MM-DD'], ['1e', 'Do']])
    console.log(text, moment.utc(text, format, true).isValid(), moment.utc(text, format).toJSON());
console.log(moment.duration('P1Y2M3DT4H5M6S').toISOString(), moment.duration(1e9).asWeeks(), JSON.stringify(moment.utc(0).toObject()), moment.utc('2020-01-31').add(1, 'month').format('L'), moment.min(base, at) === base);
