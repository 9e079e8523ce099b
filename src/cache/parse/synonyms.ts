/**
 * Words which mean the same in a question to an assistant, in dictionary form: each is replaced by the first of its
 * group. WordNet's first senses miss most of them (of "delete" the sense "remove" is its third). A group belongs here
 * only if no common reading of one of its words would change the answer: "archive" is not "delete", "mass" not
 * "weight", "town" not "city".
 */
const GROUPS = `
  repair fix mend resolve | begin start commence | big large | fast quick rapid swift quickly rapidly swiftly speedily |
  buy purchase | choose pick select | easy simple | easily simply | hard difficult tough | help assist aid |
  job occupation profession | get obtain acquire | delete remove erase | end finish | cheap inexpensive affordable |
  expensive costly pricey | holiday vacation | symptom sign | way method technique approach | main major primary principal chief |
  disadvantage drawback downside | advantage benefit upside | improve enhance better | reduce decrease lower lessen |
  increase raise boost | cancel terminate | change modify alter edit | see view | talk speak chat | write compose |
  error mistake | picture photo photograph image | suitable appropriate | reply respond | important crucial essential |
  common frequent | happen occur | make create | build construct | permit allow | gather collect | location whereabouts |
  illness disease sickness | doctor physician | kid child | film movie | garbage trash rubbish | sofa couch |
  parcel package | delivery shipping shipment | salary wage | attorney lawyer | car automobile | truck lorry | apartment flat |
  elevator lift | petrol gasoline | sick ill unwell | scared afraid frightened | happy glad |
  smart intelligent clever | rich wealthy | famous renowned well-known | wrong incorrect | typical standard |
  strange weird odd unusual | goal aim objective | kind type | characteristic feature trait |
  tip advice pointer | overview synopsis | task chore | meaning definition | cost price | height tallness | amount quantity |
  country nation | inhabitant resident | employee staff-member | company firm | customer client | colleague coworker |
  friend buddy pal | gift present | dinner supper | refrigerator fridge icebox | faucet tap | curtain drape | woods forest |
  trip journey | luggage baggage | password passcode | account-name username | login signin logon sign-in |
  logout signout logoff sign-out | register signup enroll | website webpage site | folder directory | send submit |
  find locate | compute calculate figure | solve resolve | combine merge | insert add | replace substitute | swap switch exchange |
  close shut | stop quit cease | continue proceed | enable activate | disable deactivate | customize personalize |
  configure setup set-up | upgrade update | summarize sum-up recap | explain clarify elucidate describe | suggest propose recommend advise |
  compare contrast | contain include | produce generate | cure remedy | medicine medication | pain ache soreness |
  stomach belly tummy | influenza flu | obese fat | tired exhausted weary | baby infant | teenager adolescent teen |
  mother mom mama | father dad papa | spouse partner | buddy mate | beat defeat | teach instruct | exam examination |
  rephrase reword paraphrase rewrite | brief short concise | interesting fascinating | funny humorous amusing hilarious |
  awful terrible horrible dreadful | great excellent superb fantastic awesome | healthy nutritious wholesome |
  tasty delicious yummy | safe secure | dangerous hazardous perilous | harm hurt damage | issue problem trouble difficulty |
  effect impact consequence | result outcome | difference distinction | similar alike | about regarding concerning |
  often frequently | usually normally typically generally | immediately instantly | approximately roughly | nearly almost |
  enough sufficient | several multiple | seem appear | try attempt | boss supervisor | meeting appointment |
  refund reimbursement | guess estimate | support service | bicycle bike cycle | phone telephone smartphone cellphone |
  television tv telly | application app | information info | mathematics math | database db | repository repo |
  configuration config | administrator admin | government govt | department dept | advertisement ad advert | laboratory lab |
  university uni | airplane plane aircraft | maximum max | minimum min | average avg | approximately approx |
  documentation docs | environment env | kubernetes k8s | postgresql postgres | mongodb mongo | javascript js | typescript ts |
  nodejs node.js | identification id | vitamin vit | versus vs | package pkg | parameter param | message msg | video vid |
  person human | quote quotation | fee charge | invoice bill | occur happen | avoid evade | teach educate |
  lunch luncheon | cab taxi | movie-theater cinema | soccer football-uk | sweet candy | cookie biscuit | chip crisp | diaper nappy |
  sidewalk pavement | highway motorway freeway | zip postcode | soda pop | eggplant aubergine | zucchini courgette |
  cilantro coriander | shrimp prawn | pants trousers | sweater jumper pullover | sneaker trainer | flashlight torch |
  mailbox postbox | resume cv | gradually slowly | rare uncommon scarce | huge enormous gigantic massive immense |
  tiny minuscule | ancient antique | modern contemporary | crazy insane | stupid dumb foolish | brave courageous |
  polite courteous | rude impolite | calm tranquil | silent quiet | loud noisy | dirty filthy | messy untidy |
  vacant empty | nowadays currently presently | maybe perhaps | purchase-order po | supply provide | receive get |
  discover find-out | recall remember | speed velocity | occupation vocation | origin source | ingredient component |
  element constituent | method procedure | step stage | guide tutorial | instruction direction | cause trigger | tale story
`;

/** Dictionary form to the first word of its group. A word in two groups belongs to the first of them. */
export const REPRESENTATIVE: ReadonlyMap<string, string> = index(GROUPS);

function index(text: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const group of text.split("|")) {
    const [first, ...others] = group.trim().split(/\s+/);
    const representative = found.get(first!) ?? first!;
    for (const word of [first!, ...others]) if (!found.has(word)) found.set(word, representative);
  }
  return found;
}
