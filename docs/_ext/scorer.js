/* Ranks the results of the search: what people came to do first, then how it is looked up, then how it is made. */
var Scorer = {
  objNameMatch: 11,
  objPartialMatch: 6,
  objPrio: { 0: 15, 1: 5, 2: -5 },
  objPrioDefault: 0,
  title: 15,
  partialTitle: 7,
  term: 5,
  partialTerm: 2,
  score: ([page, , anchor, , score]) => {
    const kinds = [
      [/^how-to\/index$|^notebooks\/index$/, -4],
      [/^how-to\//, 4],
      [/^(tutorial|index|notebooks)/, 2],
      [/^reference\/(messages|glossary)/, 1],
      [/^reference\/changelog/, -12],
      [/^contributing\/|^explanation\/api-facts/, -12],
    ];
    const found = kinds.find(([pattern]) => pattern.test(page));
    return score + (found ? found[1] : 0);
  },
};
