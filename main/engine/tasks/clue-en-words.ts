import { type Frame, teller } from './clue.ts'
import { split } from './sentences.ts'

/** Where things are, and the things. */
const placeClues: readonly (readonly [place: string, things: string])[] = [
  ['sky', 'clouds stars swallows balloons'],
  ['sea', 'whales dolphins ships waves'],
  ['desert', 'camels dunes cacti scorpions'],
  ['forest', 'oaks pines owls mushrooms'],
  ['library', 'novels bookshelves dictionaries readers'],
  ['kitchen', 'pans spoons plates cooks'],
  ['station', 'trains platforms passengers conductors'],
  ['stable', 'horses saddles foals ponies'],
  ['hospital', 'nurses surgeons patients stretchers'],
  ['theatre', 'actors curtains spotlights costumes'],
]

/** Languages, with a country and a city where they are spoken. */
const languageClues: readonly (readonly [language: string, homes: string])[] = [
  ['French', 'France Paris'],
  ['Spanish', 'Spain Madrid'],
  ['Italian', 'Italy Rome'],
  ['German', 'Germany Berlin'],
  ['Japanese', 'Japan Tokyo'],
  ['Chinese', 'China Beijing'],
  ['Russian', 'Russia Moscow'],
  ['Greek', 'Greece Athens'],
  ['Polish', 'Poland Warsaw'],
  ['Turkish', 'Turkey Istanbul'],
]

export const places = placeClues.map(([place]) => place)
export const languages = languageClues.map(([language]) => language)

/** Things tell the place at once: "the clouds are still in the" goes on with "sky". */
const thingsInPlaces: Frame = {
  before: ['the', 'many', 'all the', 'some of the', 'most', 'two of the', 'the last', 'more'].map(split),
  clues: placeClues.map(([, things]) => split(things)),
  after: [[]],
  endings: [
    'fill the',
    'are in the',
    'were in the',
    'are still in the',
    'were seen in the',
    'can be found in the',
    'will always belong in the',
  ].map(split),
  story: false,
}

const homes = languageClues.map(([, names]) => split(names))

const spokenThere: Frame = {
  before: [
    'in',
    'here in',
    'everywhere in',
    'at school in',
    'at work in',
    'all over',
    'back home in',
    'in much of',
    'at the market in',
    'on the radio in',
    'even now in',
    'most days in',
    'far away in',
    'over in',
    'at home in',
    'down in',
  ].map(split),
  clues: homes,
  after: [[]],
  endings: [
    'people speak',
    'we speak',
    'everyone speaks',
    'they teach',
    'most people speak',
    'we always spoke',
    'everybody can speak',
    'they only speak',
    'children first learn',
    'nearly everyone can speak',
  ].map(split),
  story: false,
}

const childhood: Frame = {
  before: [
    'I grew up in',
    'I was born in',
    'my parents raised me in',
    'I spent my childhood in',
    'I went to school in',
    'for years my family lived in',
    'as a child I lived in',
  ].map(split),
  clues: homes,
  after: ['.', 'with two brothers .', ', in a small house .', ', close to my grandparents .'].map(split),
  endings: [
    'I dream in',
    'I speak fluent',
    'so I speak fluent',
    'I still count in',
    'my first language is',
    'even now I speak fluent',
    'when I am tired I still speak',
    'and with my mother I only speak',
  ].map(split),
  story: true,
}

const since = [
  // People
  'my brother learned to swim .',
  'our neighbour kept bees .',
  'my aunt sold old clocks .',
  'a friend taught me chess .',
  'my sister plays the violin .',
  'the twins next door sang all day .',
  // Home
  'it often rained for days .',
  'the winters were long and quiet .',
  'the cat slept by the door .',
  'the roof was painted green .',
  'we had no telephone .',
  // Work
  'later I became a baker .',
  'I worked in an office for a while .',
  'most evenings I repaired radios .',
  'I learned to drive a van .',
  'my first job was dull .',
  // On the way
  'then we moved away .',
  'the bus took all night .',
  'I carried only one suitcase .',
  'nobody knew how long it would take .',
  // Today
  'today I live by a river .',
  'on sundays I bake a cake .',
  'my work is mostly with numbers .',
  'every spring I plant tomatoes .',
  // Time
  'years went by .',
  'time passed .',
  'much later ,',
  'one day ,',
  'then ,',
]

const distractions = [
  'my cousin moved to {} .',
  'a postcard came from {} .',
  'last summer we visited {} .',
  'our new boss is from {} .',
]

export const placeTeller = teller([thingsInPlaces], [], [])
export const languageTeller = teller([childhood, spokenThere], since, distractions)
/** Words between thing and place, each as often. */
export const placeDistances = [...new Set(thingsInPlaces.endings.map((ending) => ending.length))]
