"""Words for places people make, what they do, and the things around them."""

# English | German | French | Spanish | others : valence arousal warmth darkness (tenths) : cues
PLACES = """\
cabin ~cabin cottage hut chalet lodge log_cabin farmhouse | Hütte Hütten Blockhaus Häuschen
  Almhütte
  | cabane refuge | cabaña choza refugio | baita избушка 🛖 小屋
  : 5 -5 8 0 : fireplace cozy
fire ~firelit fireplace fireside campfire bonfire hearth flames embers ember candle candles
  candlelight candlelit
  | Feuer Kamin Kaminfeuer Lagerfeuer Kerze Kerzen Kerzenlicht Glut Flammen
  | feu cheminée feu_de_camp bougie bougies braises flammes
  | fuego chimenea hoguera fogata vela velas brasas llamas
  | fuoco огонь камин костёр 🔥 🕯 火 모닥불 نار אש : 4 -3 9 1 : fireplace! cozy
home ~homey house living_room kitchen
  | Zuhause Haus Heim daheim Wohnzimmer Küche | maison foyer cuisine salon | casa hogar cocina
  | дом 🏠 🏡 家 집 : 5 -4 8 -1 : cozy
bedroom ~bedroom bed blanket pillow pajamas attic window windowsill room sofa couch
  | Schlafzimmer Bett Decke Kissen Fenster Zimmer Dachboden Sofa | chambre lit couverture
  fenêtre
  | habitación dormitorio cama manta ventana | 🛏 🛋 🪟 窗 : 3 -6 7 1 : calm
café ~café coffee cafe coffeehouse coffeeshop espresso cappuccino latte barista bakery
  diner restaurant tearoom
  | Café Kaffee Kaffeehaus Espresso Bäckerei | café bistro bistrot boulangerie
  | café cafetería | caffè caffe кофе кафе ☕ 🍵 🥐 🧋 咖啡 コーヒー 喫茶 커피 قهوة קפה
  : 5 -2 7 -1 : cafe! cozy
tea ~tea teapot chai matcha cocoa hot_chocolate cookies cake | Tee Kakao Kekse Kuchen
  | thé chocolat_chaud gâteau | té chocolate_caliente pastel | чай 🫖 🍪 🍰 茶 차를
  : 5 -5 8 -1 : cozy
bar ~smoky pub speakeasy lounge jazz_club cocktail cocktails whiskey whisky wine
  | Kneipe Bar Wein Cocktailbar | bar_à_vin vin | taberna vino cantina | 🍷 🍸 🥃 🍺 酒
  : 3 -1 6 4 : cafe romantic
city ~urban cities downtown metropolis skyline street streets alley sidewalk town rooftop skyscraper
  subway metro traffic taxi
  | Stadt städtisch Straße Straßen Großstadt Gasse Dachterrasse Altstadt
  | ville rue rues urbain métro toits | ciudad calle calles urbano azotea
  | città город улица 🏙 🚕 🚇 街 도시 مدينة עיר : 1 1 -1 2
tokyo ~tokyo japan japanese kyoto shibuya anime | Japan japanisch | japon japonais | japón
  japonés
  | япония 🗼 🗾 🏯 ⛩ 🍜 🎏 東京 日本 : 3 0 0 2 : dreamy
paris ~parisian france french montmartre | Frankreich | |  francia parís
  | париж 🥖 : 5 -1 5 0 : cafe romantic
new_york brooklyn manhattan harlem nyc broadway | New_York_City | | nueva_york | 🗽
  : 2 2 1 2
berlin london vienna rome lisbon barcelona madrid chicago venice amsterdam prague istanbul
  | Wien Rom Venedig Prag | Londres Rome Venise | Londres Roma Venecia | : 2 1 1 0
havana cuba rio brazil brazilian mexico caribbean jamaica | Kuba Brasilien Karibik
  | brésil caraïbes | habana brasil méxico caribe | : 7 4 7 -4 : playful
church ~cathedral cathedral temple monastery chapel shrine abbey
  | Kirche Dom Kloster Tempel Kapelle | église cathédrale monastère
  | iglesia catedral templo monasterio | церковь 🛕 🕌 🕍 寺 : 1 -6 0 3 : calm
library ~library libraries bookshop bookstore museum | Bibliothek Buchladen Bücherei Museum
  | bibliothèque librairie musée | biblioteca librería museo | библиотека 🏛 图书馆 図書館
  : 3 -5 5 1 : focused
school ~school classroom college university campus | Schule Klassenzimmer Universität Uni
  | école lycée université | escuela universidad | школа 🏫 🎓 : 2 0 2 -2 : focused
office ~office desk laptop computer | Büro Schreibtisch Arbeitsplatz | bureau ordinateur
  | oficina escritorio | офис 💻 🖥 ⌨ : 0 0 -1 0 : focused
train ~train trains railway station platform railroad | Zug Züge Bahnhof Bahn Eisenbahn
  | gare chemin_de_fer | tren trenes estación ferrocarril
  | поезд 🚂 🚆 🚉 🛤 電車 火车 : 1 0 2 1 : nostalgic
road ~roadside highway drive driving car cars motorway roadtrip road_trip motorcycle cruise cruising
  | Straßenrand Autobahn Auto fahren Autofahrt Landstraße | route voiture autoroute conduire
  | carretera coche autopista conducir  | машина дорога 🚗 🛣 🏍 🚙 : 3 3 1 0
airport airplane plane flight flying fly | Flughafen Flugzeug fliegen Flug
  | aéroport avion voler envol | aeropuerto avión volar vuelo | самолёт ✈ 🛫 🎈 : 4 2 0 -3 :
  hopeful
hospital sick illness dying death dead grave graveyard cemetery war ruins battlefield hell
  | Krankenhaus krank Tod tot Grab Friedhof Krieg Ruinen | hôpital malade mort tombe cimetière
  guerre
  | enfermo muerte muerto tumba cementerio guerra | смерть война ⚰ 🪦 ⚔ 死
  : -8 0 -5 7 : dark
factory machine machines industrial robot robots cyborg | Fabrik Maschine Maschinen Roboter
  | usine | fábrica máquina | завод 🏭 🤖 ⚙ : -2 4 -6 4
cyberpunk dystopia dystopian futuristic future sci_fi blade_runner hacker
  | Zukunft futuristisch | futur futuriste | futuro futurista | будущее 🦾 未来 : -1 3 -5 6
  : mysterious genre=synthwave
circus carnival fairground merry_go_round amusement_park | Zirkus Jahrmarkt Karneval Kirmes
  | cirque fête_foraine carnaval | circo feria | 🎪 🎠 🎡 : 6 5 4 -2 : playful
village ~rustic rural farm barn market | Dorf ländlich Bauernhof Markt Scheune
  | ferme marché | pueblo aldea granja mercado | деревня 🐄 🚜 : 5 -2 6 -2
"""

ACTIVITIES = """\
study ~studious studying studies homework exam exams student learning revising
  | lernen Lernen studieren Hausaufgaben Prüfung Studium | étudier études révisions devoirs
  étudiant
  | estudiar estudiando estudio examen tarea deberes | учёба 📚 📝 ✏ 勉強 学习 공부 : 2 -3 2
  -1 : focused
work ~working coding programming code typing writing write programmer | Arbeit arbeiten
  programmieren
  schreiben | travail travailler coder écrire | trabajo trabajar programar escribir
  | работа 仕事 工作 : 1 -1 0 -1 : focused
reading ~bookish book books read novel poem poetry story stories | Buch Bücher lesen Gedicht
  Geschichte Roman | livre livres lire poème lecture histoire | libro libros leer lectura poema
  | книга 📖 📕 📗 책 : 3 -5 5 0 : focused
walk ~strolling walking stroll strolling park footsteps | Spaziergang spazieren Park
  | promenade marcher parc balade | paseo caminar pasear parque | прогулка 🚶 散歩 : 4 -1 3 -2
run running jogging workout gym exercise training sport sports fitness cycling boxing race racing
  marathon | laufen rennen Joggen Workout Sport Fitness Fahrrad Training | courir course
  entraînement vélo | correr carrera deporte gimnasio entrenamiento bicicleta
  | бег спорт 🏃 🏋 🚴 🥊 💪 ⚽ 🏀 : 4 9 1 -1 : energetic
party ~festive parties dance dancing dancer nightclub clubbing rave celebrate celebration birthday
  festival partying danceable
  | Party Feier feiern Fest tanzen Tanz Geburtstag tanzbar | fête danser danse anniversaire
  boîte_de_nuit
  célébration | fiesta bailar baile cumpleaños celebración discoteca
  | festa вечеринка танец 🎉 🎊 💃 🕺 🪩 🎂 🍾 パーティー 舞 踊 파티 : 8 8 5 -3 : energetic
meditation ~meditative meditate meditating yoga zen spa massage breathing breathe mindfulness
  | Meditation meditieren Yoga atmen Achtsamkeit | méditation méditer respirer
  | meditación meditar respirar | медитация 🧘 🪷 🛀 禅 : 4 -9 3 0 : calm genre=ambient
lullaby ~lullaby lullabies baby newborn cradle infant goodnight good_night
  | Wiegenlied Schlaflied Gutenacht Wiege | berceuse bébé bonne_nuit
  | nana canción_de_cuna bebé buenas_noches | колыбельная 👶 🍼 子守唄 : 6 -8 8 -1 : calm
  genre=lullaby
cooking ~homemade cook baking bake breakfast brunch dinner picnic lunch
  | kochen backen Frühstück Abendessen Picknick | cuisiner petit_déjeuner dîner pique_nique
  | cocinar desayuno cena merienda | 🍳 🧺 🍝 : 6 1 6 -3 : playful
travel ~faraway traveling travelling journey trip voyage vacation holiday holidays backpacking
  | Reise reisen Urlaub Ferien unterwegs | voyager vacances
  | viaje viajar vacaciones | путешествие 🧳 旅 여행 : 6 2 4 -3 : hopeful
game gaming videogame videogames video_game gamer arcade console level_up retro_game
  | Spiel Spiele Videospiel spielen Zocken | jeu jeux jeu_vidéo jouer | juego juegos
  videojuego jugar
  | игра 🎮 🕹 👾 : 5 4 0 -1 : playful
goodbye farewell leaving parting last_day the_end | Auf_Wiedersehen Lebewohl | adieu au_revoir
  | adiós despedida | прощай 👋 : -3 -3 3 2 : nostalgic
waiting wait lost empty abandoned forgotten nowhere | warten verloren leer verlassen vergessen
  | attente perdu vide abandonné oublié | esperando perdido vacío abandonado olvidado
  | : -3 -4 -2 4 : melancholic
battle fight fighting chase action hero heroes warrior boss_fight | Kampf Schlacht Verfolgung
  Held
  | combat bataille poursuite héros | batalla lucha persecución héroe | 🛡 🗡 🥷 : -1 9 -2 3
  : energetic genre=cinematic
"""

THINGS = """\
record records cassette tape tapes radio jukebox | Platte Platten Kassette Radio | disque
  disques
  | discos casete | пластинка 🎙 📟 : 2 -2 5 0 : vinyl! nostalgic
letter letters postcard diary photograph photographs photo polaroid journal notebook
  | Brief Briefe Postkarte Tagebuch Foto Fotos | lettre lettres carte_postale carnet
  | carta cartas postal diario | письмо 💌 ✉ 📓 : 2 -4 5 1 : nostalgic
lamp lamplight lantern lanterns streetlight streetlights city_lights lights
  | Lampe Laterne Laternen Lichter Straßenlaterne | lampe lanterne lumières réverbère
  | lámpara farol faroles luces | 🏮 🪔 灯 : 3 -4 5 2
clock time ticking hours | Uhr Zeit Stunde Stunden | horloge temps heure heures
  | reloj tiempo hora horas | ⏰ ⏳ ⌛ : 0 -2 0 1
heart soul ~heartfelt spirit | Herz Seele herzlich | cœur âme | corazón alma
  | сердце 心 : 4 -1 6 0 : romantic
water ~watery bubbles aquarium pool drops | Wasser | eau | agua | вода 🫧 🐟 🐠 水 물 : 3 -4 0
  -1
smoke ~smoky smoking cigarette incense | Rauch rauchig Zigarette | fumée fumé | humo | 🚬
  : 0 -3 4 4
jewel diamond crystal crystals glass mirror pearl | Kristall Glas Spiegel Perle Diamant
  | cristal verre miroir perle | vidrio espejo perla | 💎 🪞 : 4 -2 -3 -4 : dreamy
"""
