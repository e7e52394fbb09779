"""Words for weather, seasons, times of day, landscapes, plants, and living beings."""

# English | German | French | Spanish | others : valence arousal warmth darkness (tenths) : cues
WEATHER = """\
rain ~rainy raining drizzle drizzling shower showers downpour umbrella puddle puddles
  | Regen regnerisch regnet Nieselregen verregnet Regenschirm | pluie pluvieux pluvieuse pleut
  bruine
  | lluvia lluvioso llueve llovizna | pioggia chuva дождь дождливый 🌧 ☔ 🌦 🌂 💧 雨 비가
  빗소리 مطر
  גשם : -1 -4 2 3 : rain!
storm ~stormy storms thunder thunderstorm lightning tempest hurricane
  | Sturm stürmisch Gewitter Donner Blitz | orage orageux tempête tonnerre éclair
  | tormenta tormentoso trueno relámpago | tempesta гроза ⛈ 🌩 🌪 嵐 雷 : -3 5 -3 7 : rain
snow ~snowy snowing snowfall snowflake snowflakes blizzard snowstorm snowed_in
  | Schnee verschneit schneit verschneite schneebedeckt | neige neigeux enneigé enneigée flocons
  | nieve nevado nevando | neve снег снежный ❄ ☃ ⛄ 🌨 雪 눈이 ثلج שלג : 3 -5 -2 -2 : fireplace
  cozy
sun ~sunny sunshine sunlight sunbeam sunlit | Sonne sonnig sonnige Sonnenschein Sonnenlicht
  | soleil ensoleillé ensoleillée | sol soleado soleada | солнце ☀ 🌞 🌤 太阳 太陽
  شمس : 7 3 6 -7 : hopeful
fog ~foggy mist misty haze | Nebel neblig nebelig | brouillard brume brumeux
  | niebla neblina brumoso | nebbia туман 🌫 霧 雾 : -1 -5 -2 4 : mysterious
wind ~windy breeze winds gust | Wind windig Brise | vent venteux brise | viento ventoso brisa
  | vento ветер 🌬 🍃 風 风 바람 : 1 0 -2 0
cloud ~cloudy clouds overcast | Wolke Wolken bewölkt wolkig | nuage nuages nuageux
  | nube nubes nublado | nuvola облака ☁ 🌥 雲 云 : 1 -5 0 1 : dreamy
heat ~hot heatwave summer_heat | Hitze heiß heiße | chaud chaude canicule | calor caluroso
  caliente
  | жара 🥵 : 3 2 8 -3
ice glacier frost frosty icicle arctic antarctic aurora northern_lights polar
  | Eis Gletscher Frost Nordlicht Polarlicht | glace givre aurore_boréale | hielo escarcha
  glaciar
  | 🧊 冰 氷 : 0 -5 -8 0 : dreamy
rainbow | Regenbogen | arc_en_ciel | arcoíris | радуга 虹 : 8 1 4 -6 : hopeful
"""

SEASONS = """\
spring ~spring springtime blossom blossoms cherry_blossom sakura april may_day
  | Frühling Frühjahr Frühlings Blüte Blüten | printemps floraison | primavera
  | весна 🌷 🌼 春 봄 : 7 2 4 -6 : hopeful
summer ~summer summertime summery july august | Sommer sommerlich Sommerabend
  | été estival d_été | verano veraniego | лето 🏖 夏 여름 صيف : 7 3 7 -5
autumn ~autumn autumnal in_the_fall fall_leaves october november falling_leaves
  | Herbst herbstlich Herbstlaub | automne automnal | otoño otoñal
  | autunno осень 🍂 🍁 秋 가을 : 0 -4 5 2 : nostalgic
winter ~winter wintry wintertime december january february | Winter winterlich
  | hiver hivernal | invierno invernal | inverno зима 冬 겨울 شتاء : 0 -5 -4 1 : cozy
christmas ~christmas xmas advent noel carol carols holiday_season
  | Weihnachten weihnachtlich Advent Weihnacht | noël | navidad navideño
  | natale рождество 🎄 🎅 🎁 : 7 0 8 -2 : fireplace cozy
new_year new_years_eve fireworks | Silvester Neujahr Feuerwerk | nouvel_an feu_d_artifice
  | año_nuevo fuegos_artificiales | 🎆 🎇 : 7 7 3 -1 : energetic
"""

TIMES = """\
night ~night nighttime nights nightfall nocturnal late_night tonight late
  | Nacht nachts Nächte nächtlich spät spätabends | nuit nuits nocturne tard
  | noche noches nocturno | notte noite ночь ночной 🌃 🌌 夜 밤 ليل לילה : 0 -5 1 5
midnight ~midnight witching_hour 3am 2am 1am 4am | Mitternacht mitternachts | minuit
  | medianoche | mezzanotte полночь 🕛 : -1 -4 0 7 : mysterious
morning ~morning mornings wake waking wake_up | Morgen morgens Vormittag aufwachen
  | matin matinée réveil | mañana despertar | mattina утро 🌅 朝 早晨 아침 صباح : 6 -1 5 -6 :
  hopeful
dawn ~dawn sunrise daybreak first_light | Morgendämmerung Sonnenaufgang Morgengrauen Morgenrot
  | aube lever_du_soleil aurore | amanecer alba | рассвет 🌄 黎明 : 6 -3 4 -3 : hopeful
evening ~evening evenings | Abend abends Abende | soir soirée soirs | anochecer anocheciendo
  | sera вечер 夕 저녁 : 3 -5 5 2
sunset ~sunset sundown golden_hour | Sonnenuntergang Abendrot | coucher_de_soleil
  | atardecer puesta_de_sol ocaso | tramonto закат 🌇 : 5 -4 7 0 : nostalgic
dusk ~dusk twilight gloaming | Dämmerung Abenddämmerung | crépuscule | crepúsculo
  | сумерки : 1 -5 3 4 : mysterious
afternoon ~afternoon afternoons noon midday | Nachmittag nachmittags Mittag
  | après_midi midi | tarde tardes mediodía | pomeriggio : 4 -2 5 -4
sunday ~sunday sundays weekend | Sonntag sonntags Wochenende | dimanche week_end
  | domingo fin_de_semana | воскресенье 日曜日 : 5 -5 6 -2 : calm
day ~daylight days | Tag Tage | jour journée | día días | день : 3 1 2 -4
"""

NATURE = """\
moon ~moonlit moonlight moonbeam full_moon lunar | Mond Mondlicht Mondschein Vollmond
  | lune clair_de_lune | luna luz_de_luna | луна 🌙 🌛 🌕 🌝 🌜 月 달빛 قمر ירח : 2 -5 0 4 :
  dreamy
star ~starry stars starlight starlit constellation | Stern Sterne sternenklar Sternenhimmel
  | étoile étoiles étoilé étoilée | estrella estrellas estrellado | stelle звезда звёзды ⭐ 🌠
  星 별
  نجوم : 4 -4 0 1 : dreamy
sky ~skyward skies heaven | Himmel | ciel cieux | cielo | небо 空 : 4 -2 1 -4 : dreamy
sea ~seaside ocean oceans waves wave coast coastal tide tides surf surfing shore seashore harbor
  harbour sailing sail boat underwater whale whales
  | Meer Ozean Wellen Welle Küste Hafen Segeln Nordsee Ostsee
  | mer océan vagues vague côte marée rivage bateau | mar océano olas ola costa marea barco
  | mare onde море океан 🌊 ⛵ 🐋 🐳 🐚 🐬 海 바다 بحر ים : 4 -4 1 -1 : ocean!
beach ~beach beaches sand sandy tropical island palm palms lagoon
  | Strand Insel Palmen Palme tropisch | plage île sable palmier tropiques
  | playa isla arena palmera tropical | spiaggia praia пляж остров 🏝 🌴 🩴 : 7 2 6 -6 : ocean
river ~riverside stream brook creek waterfall fountain canal
  | Fluss Bach Wasserfall Brunnen | rivière ruisseau fleuve cascade | río arroyo cascada
  | fiume река 🏞 川 河 : 3 -3 0 -1
lake ~lakeside lakes pond | Weiher Teich Seeufer Bergsee | lac étang | lago estanque
  | озеро 湖 : 3 -6 0 0 : calm
forest ~forest forests wood woods woodland trees tree jungle pine pines grove
  | Wald Wälder Bäume Baum Dschungel Tanne | forêt bois arbres arbre jungle sous_bois
  | bosque árboles árbol selva | foresta bosco лес 🌲 🌳 🎋 森 林 숲 غابة יער : 3 -4 2 2 : calm
meadow ~meadow meadows field fields grass grassland prairie countryside hillside valley
  | Wiese Wiesen Feld Felder Gras Tal Heide | prairie champ champs pré campagne vallée
  | prado campo campos pradera valle | поле луг 🌾 草 : 5 -4 5 -3 : calm
night_meadow summer_night summer_nights fireflies firefly camping campsite tent porch veranda
  | Sommernacht Sommernächte Glühwürmchen Zelt Zelten Veranda
  | nuit_d_été lucioles tente | noche_de_verano luciérnagas acampada tienda_de_campaña
  | ⛺ 🏕 蛍 : 5 -5 6 2 : crickets
garden ~garden gardens flower flowers roses daisy petals bloom blooming
  | Garten Gärten Blume Blumen Rosen | jardin jardins fleur fleurs pétales
  | jardín jardines flor flores | giardino цветы сад 🌺 🌻 💐 🏵 花 庭 꽃 : 6 -4 5 -4
mountain ~mountain mountains alps alpine peak summit hills hill cliff canyon hike hiking trail
  | Berg Berge Alpen Gipfel Hügel wandern Wanderung | montagne montagnes alpes sommet colline
  randonnée
  | montaña montañas sierra cumbre colina senderismo | montagna гора горы ⛰ 🏔 🗻 🥾 山 산 جبل
  : 4 0 -1 -1 : hopeful
desert ~desert dunes dune sahara oasis cactus | Wüste Dünen | désert | desierto dunas
  | deserto пустыня 🏜 🌵 🐪 沙漠 : 0 -3 5 0 : mysterious
space ~cosmic cosmos galaxy galaxies universe planet planets astronaut spaceship interstellar nebula
  orbit mars | Weltall Weltraum Kosmos Galaxie Planet Raumschiff | espace galaxie
  planète univers | espacio galaxia planeta universo
  | космос 🪐 👽 🛸 宇宙 우주 : 2 -4 -4 4 : dreamy genre=ambient
castle ~medieval wizard knight medieval kingdom fantasy elves fairy fairies fairytale fairy_tale
  | Burg Schloss Zauberer Ritter Märchen Mittelalter Fee | château chevalier conte fée
  | castillo caballero hada cuento | 🏰 🧚 🧝 : 4 2 2 2 : mysterious genre=cinematic
"""

BEINGS = """\
bird ~birdsong birds swallow nightingale owl robin dove | Vogel Vögel Vogelgesang Nachtigall
  Eule
  | oiseau oiseaux chouette rossignol | pájaro pájaros búho ruiseñor
  | птица 🐦 🦉 🐤 🦜 鳥 鸟 : 6 -1 3 -4
cat ~feline cats kitten kittens purring | Katze Katzen Kätzchen | chat chats chaton
  | gato gatos gatito | gatto кот кошка 🐱 🐈 😺 猫 고양이 : 6 -4 7 -1 : cozy
dog ~dog dogs puppy puppies | Hund Hunde Welpe | chien chiens chiot | perro perros cachorro
  | собака 🐶 🐕 犬 狗 : 7 3 6 -3 : playful
horse horses gallop galloping | Pferd Pferde | cheval chevaux | caballo caballos | 🐎 🐴 马 馬
  : 4 4 2 -1 : hopeful
wolf wolves howl | Wolf Wölfe | loup loups | lobo lobos | 🐺 狼 : -2 1 -4 6 : mysterious
fox deer rabbit bunny squirrel hedgehog | Fuchs Reh Hase Kaninchen Igel | renard cerf lapin
  | zorro ciervo conejo | 🦊 🦌 🐰 🐇 🐿 : 6 0 5 -3 : playful
butterfly butterflies bee bees dragonfly | Schmetterling Biene Libelle | papillon abeille
  | mariposa abeja | 🦋 🐝 蝶 : 7 0 4 -5 : playful
bear panda teddy | Teddybär | ours ourson | oso osito | 🐻 🐼 🧸 : 5 -3 7 -1 : cozy
dragon dragons phoenix | Drache Drachen | dragon dragons | dragón dragones | 🐉 🐲 龍 龙
  : 2 4 2 3 : mysterious genre=cinematic
unicorn mermaid | Einhorn Meerjungfrau | licorne sirène | unicornio sirena | 🦄 🧜
  : 7 1 4 -4 : dreamy
kids children child kid toys toy playground | Kinder Kinderlied Spielzeug Spielplatz
  | enfants enfant jouets | niños niño niña juguetes | дети 👧 👦 🪀 🪁 : 7 3 6 -5 : playful
friends friend friendship together hug hugs | Freunde Freundin Freundschaft gemeinsam Umarmung
  | amis ami amitié ensemble | amigos amiga amistad juntos abrazo | друзья 🤗 👫 🫂 : 7 1 7 -3
  : hopeful
family grandmother grandma granny grandpa grandfather mother father mom dad
  | Familie Oma Opa Großmutter Großvater Mutter Vater | famille grand_mère grand_père mère père
  | familia abuela abuelo madre padre | семья бабушка 👵 👴 👪 : 6 -3 8 -2 : nostalgic
pirate pirates viking vikings sailor sailors | Pirat Piraten Seemann | pirate pirates marin
  | pirata piratas marinero | ☠ : 3 5 1 1 : hopeful genre=folk
cowboy cowboys cowgirl | Cowboy | | vaquero vaqueros | 🤠 : 4 3 4 0 : genre=country
"""
