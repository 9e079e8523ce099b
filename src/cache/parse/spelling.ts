/** American and British spelling, and words with two spellings: one form of each. */
const WORDS = table(`
  grey gray | tyre tire | aluminium aluminum | programme program | jewellery jewelry | pyjamas pajamas | mould mold |
  mouldy moldy | plough plow | kerb curb | licence license | practise practice | defence defense | offence offense |
  pretence pretense | sceptic skeptic | sceptical skeptical | yoghurt yogurt | yoghourt yogurt | doughnut donut |
  whiskey whisky | moustache mustache | cheque check | catalogue catalog | dialogue dialog | analogue analog |
  monologue monolog | prologue prolog | centre center | theatre theater | metre meter | litre liter | fibre fiber |
  calibre caliber | lustre luster | sombre somber | spectre specter | sabre saber | kilometre kilometer |
  centimetre centimeter | millimetre millimeter | millilitre milliliter | manoeuvre maneuver | anaemia anemia |
  anaesthetic anesthetic | anaesthesia anesthesia | paediatric pediatric | paediatrician pediatrician |
  gynaecology gynecology | haemoglobin hemoglobin | haemorrhage hemorrhage | leukaemia leukemia | diarrhoea diarrhea |
  oesophagus esophagus | oestrogen estrogen | foetus fetus | encyclopaedia encyclopedia | orthopaedic orthopedic |
  archaeology archeology | sulphur sulfur | sulphate sulfate | sulphuric sulfuric | cosy cozy | storey story |
  enrol enroll | fulfil fulfill | instal install | skilful skillful | wilful willful | instalment installment |
  woollen woolen | marvellous marvelous | traveller traveler | jeweller jeweler | counsellor counselor | ageing aging |
  judgement judgment | acknowledgement acknowledgment | artefact artifact | axe ax | chilli chili | colourful colorful |
  favourite favorite | neighbourhood neighborhood | honourable honorable | behavioural behavioral | discoloured
  discolored | learnt learned | burnt burned | dreamt dreamed | spelt spelled | spoilt spoiled | leapt leaped |
  whilst while | amongst among | towards toward | maths math | mathematics math | aeroplane airplane | mum mom |
  mummy mommy | e-mail email | adviser advisor | carburettor carburetor | cancelled canceled | draught draft |
  vice vise | tonne ton | gaol jail | okay ok | until till | buses bus | volcanos volcano | volcanoes volcano |
  wifi wi-fi | per-cent percent | organisation organization | analyse analyze | paralyse paralyze | catalyse catalyze`);

/** The misspellings that people make most, of words near enough to others that distance alone would not tell. */
const MISSPELLINGS = table(`
  writting writing | recieve receive | recieved received | seperate separate | seperately separately | definately definitely |
  occured occurred | occurence occurrence | untill until | wich which | becuase because | becasue because | alot many |
  teh the | thier their | adn and | nad and | acheive achieve | adress address | arguement argument | begining beginning |
  beleive believe | calender calendar | catagory category | commitee committee | concious conscious | dilemna dilemma |
  enviroment environment | existance existence | familar familiar | foriegn foreign | freind friend | garantee guarantee |
  goverment government | grammer grammar | happend happened | immediatly immediately | independant independent |
  intresting interesting | knowlege knowledge | libary library | lisence license | maintainance maintenance |
  mispell misspell | neccessary necessary | noticable noticeable | persistant persistent | posession possession |
  prefered preferred | priviledge privilege | probaly probably | publically publicly | realy really | reccomend recommend |
  recomend recommend | refered referred | relevent relevant | restaraunt restaurant | rythm rhythm | succesful successful |
  suprise surprise | tommorow tomorrow | tommorrow tomorrow | truely truly | usefull useful | wierd weird |
  woud would | coud could | shoud should | explian explain | expalin explain | diference difference | diffrence difference |
  langauge language | pasword password | passwrod password | acount account | accout account | recipie recipe |
  reciepe recipe | recipies recipes | wether whether | wheather whether | lenght length | heigth height | hieght height |
  widht width | strenght strength | alogrithm algorithm | algorythm algorithm | fucntion function | funtion function |
  pyhton python | pytohn python | javscript javascript | javasript javascript | wat what | wht what | waht what | hwo how |
  hw how | y why | u you | ur your | pls please | plz please | thx thanks | b4 before | coz because | cuz because |
  bc because | gonna going | wanna want | gimme give`);

/** Words in -our whose American form is in -or. */
const OUR =
  /^(col|flav|neighb|hon|fav|behavi|lab|hum|harb|rum|vap|od|arm|endeav|savi|sav|tum|vig|parl|ferv|cand|clam|ranc|succ|val)our/;

/** Words in -ise which have no form in -ize. */
const KEEPS_ISE =
  /^(exerc|adv|surpr|rev|prom|comprom|otherw|likew|w|r|ar|n|prec|expert|enterpr|franch|disgu|superv|improv|telev|advert|dev|desp|exc|prem|conc|parad|merchand|compr|dem|treat|porpo|cru|bru|pra|ra|no|po|turquo|cho|vo|tort|appra|prem|surm|chast|circumc|inc|kna|fem|conn|rel|mortg|anis)(oi)?is(e|es|ed|er|ers|ing)$/;

/** The one spelling of a lower-case word. */
export function oneSpelling(word: string): string {
  const meant = MISSPELLINGS.get(word);
  if (meant) return oneSpelling(meant);
  const known = WORDS.get(word);
  if (known) return known;
  if (OUR.test(word)) return word.replace("our", "or");
  const singular = word.endsWith("s") ? WORDS.get(word.slice(0, -1)) : undefined;
  if (singular) return `${singular}s`;
  if (word.length > 5 && /is(e|es|ed|er|ers|ing|ation|ations)$/.test(word) && !KEEPS_ISE.test(word))
    return word.replace(/is(e|es|ed|er|ers|ing|ation|ations)$/, "iz$1");
  if (/[aeiou]lys(e|es|ed|er|ers|ing)$/.test(word)) return word.replace(/lys(e|es|ed|er|ers|ing)$/, "lyz$1");
  // travelling, cancelled, labelled; not telling or filled, whose stem ends in -ll.
  if (
    /[aeiou][a-z]*[aeiou]ll(ed|ing|er|ers)$/.test(word) &&
    !/(?:roll|fill|pell|tall|stall|spell|sell|swell)(ed|ing|er|ers)$/.test(word)
  )
    return word.replace(/ll(ed|ing|er|ers)$/, "l$1");
  return word;
}

function table(text: string): ReadonlyMap<string, string> {
  return new Map(text.split("|").map((pair) => pair.trim().split(/\s+/) as [string, string]));
}
