import { fillers } from './fillers.ts'
import { split } from './sentences.ts'

/** Singular and plural of those who act in the sentences. */
export const nouns: readonly (readonly [singular: string, plural: string])[] = [
  ['cat', 'cats'],
  ['dog', 'dogs'],
  ['bird', 'birds'],
  ['horse', 'horses'],
  ['fox', 'foxes'],
  ['wolf', 'wolves'],
  ['mouse', 'mice'],
  ['goose', 'geese'],
  ['cow', 'cows'],
  ['duck', 'ducks'],
  ['rabbit', 'rabbits'],
  ['puppy', 'puppies'],
  ['child', 'children'],
  ['baby', 'babies'],
  ['woman', 'women'],
  ['man', 'men'],
  ['girl', 'girls'],
  ['boy', 'boys'],
  ['teacher', 'teachers'],
  ['farmer', 'farmers'],
  ['sailor', 'sailors'],
  ['doctor', 'doctors'],
  ['king', 'kings'],
  ['thief', 'thieves'],
]

/** The words before the subject's article. */
export const openings = ['', 'yesterday', 'today', 'by noon', 'at first', 'once again', 'as usual'].map(split)

export const adjectives = split('small old young tall quiet happy hungry tired clever brave lazy gentle')

export const prepositions = split('near behind beside opposite with following watching facing')

/** What may stand between subject and verb and has no number: no noun, and no verb that agrees with one. */
export const numberless = fillers([
  'outside',
  'upstairs',
  'nearby',
  'indoors',
  'downstairs',
  'waiting patiently',
  'sleeping soundly',
  'wandering about',
  'looking around',
  'almost asleep',
  'feeling cold',
  'that we saw',
  'that nobody noticed',
  'that I remembered',
  'that she trusted',
  'that you saw yesterday',
  'that they liked best',
  'that I heard singing',
  'that we met here before',
])
