"""Words for feelings and characters, with their place in affective space.

Placed by hand after the circumplex (Russell 1980) and the adjective circle of Hevner, Experimental
studies of the elements of expression in music, American J. Psychology 48(2), 1936.
"""

# English | German | French | Spanish | others : valence arousal warmth darkness (tenths) : cues
FEELINGS = """\
happy glad cheerful joyful joy happiness merry smile smiling delight delighted
  | glücklich fröhlich froh heiter Freude lachend | heureux heureuse joyeux joyeuse joie
  content gai
  | feliz alegre alegría contento | felice gioia счастье радость 😊 😀 😄 🙂 😁 🥳
  快乐 幸福 嬉しい 행복 : 8 4 3 -5
sad sadness sorrow sorrowful unhappy tearful crying cry tears weeping mournful blue_mood
  | traurig Traurigkeit Trauer Tränen weinen | triste tristesse larmes pleurer chagrin
  | triste tristeza lágrimas llorar | tristezza печаль грустно грусть 😢 😭 😞 悲 哀 슬픈 슬픔
  حزين עצוב : -8 -4 0 4 : melancholic
melancholy melancholic melancholia wistful bittersweet
  | melancholisch Melancholie wehmütig Wehmut Schwermut | mélancolique mélancolie
  | melancólico melancolía | malinconia malinconico 🥀 : -5 -4 2 4 : melancholic
lonely alone loneliness solitude solitary lonesome isolated | einsam allein Einsamkeit
  | seul seule solitaire solitude | solitario soledad sola
  | solitudine одиночество 孤独 : -5 -4 -2 4 : melancholic
heartbroken heartbreak heartache breakup left_me ex_girlfriend ex_boyfriend
  grief grieving loss mourning funeral
  | Liebeskummer Trauerfeier Verlust Abschied | deuil rupture | desamor duelo
  | 💔 : -8 -3 0 6 : melancholic
depressed depressing depression hopeless despair desperate miserable misery bleak
  | deprimiert verzweifelt hoffnungslos trostlos | désespoir déprimé désespéré
  | deprimido desesperación | отчаяние : -9 -4 -3 7 : melancholic
missing miss longing yearning yearn homesick | Sehnsucht Heimweh vermissen sehnsüchtig
  | manque | añoranza anhelo | saudade тоска : -3 -3 3 2 : nostalgic
nostalgic nostalgia memory memories remember remembering reminisce childhood reminiscent
  | nostalgisch Erinnerung Erinnerungen Kindheit erinnern
  | nostalgique nostalgie souvenir souvenirs enfance
  | nostálgico nostalgia recuerdo recuerdos infancia | ricordi ностальгия 📷 📼 怀旧 懐
  : 1 -3 6 1 : nostalgic
calm peaceful peace tranquil tranquility serene serenity stillness soothing soothe
  relaxed relaxing relax relaxation chill chilled chilling chillout mellow gentle gently laidback
  laid_back easygoing unwind restful
  | ruhig Ruhe friedlich Frieden Stille gelassen entspannt entspannen Entspannung sanft sachte
  | calme paisible paix tranquille doux douce détente apaisant serein détendu
  | tranquilo calma sereno paz relajado relajante suave
  | calmo tranquillo спокойно 😌 🕊 静 안정 هدوء : 4 -7 3 -1 : calm
quiet silent hush hushed soft softly whisper whispering delicate tender
  | leise zart zärtlich behutsam | silencieux tendre délicat murmure
  | silencioso callado tierno delicado susurro | 🤫 : 2 -7 3 0 : calm
cozy cosy snug comfy comfortable homely comfort hygge snuggle snuggled cuddle curled_up
  | gemütlich Gemütlichkeit kuschelig behaglich geborgen | cosy douillet confortable cocon
  | acogedor acogedora cómodo | accogliente уютно уют 🧣 🧦 : 5 -5 8 0 : cozy
warm warmth | Wärme warm | chaleur chaleureux chaleureuse | cálido calidez cálida | caldo
  : 4 -2 8 -1 : cozy
cold ~cold chilly icy freezing frozen | kalt eisig Kälte frostig | froid froide glacial
  | frío fría helado | freddo 🥶 : -2 -2 -8 2
dreamy dream dreaming dreams dreamlike ethereal floating float drifting weightless hazy surreal
  daydream heavenly celestial | verträumt Traum träumen traumhaft schwebend schweben
  | rêveur rêveuse rêve rêver rêverie onirique | soñador sueño soñar sueños ensueño
  | sogno мечта 💭 夢 梦 꿈 : 4 -5 3 0 : dreamy
romantic romance love loving beloved lovers kiss wedding honeymoon valentine intimate sensual sexy
  in_love date_night
  | romantisch Liebe verliebt Kuss Hochzeit
  | romantique amour amoureux amoureuse baiser mariage | romántico amor enamorado beso boda
  | amore любовь ❤ 💕 💖 💘 😍 🥰 💋 💍 🌹 爱 愛 사랑 حب אהבה : 7 0 8 0 : romantic
hopeful hope optimistic uplifting inspiring inspired inspiration encouraging promising faith
  new_beginning fresh_start | hoffnungsvoll Hoffnung zuversichtlich Neuanfang
  | espoir optimiste inspirant | esperanza esperanzador optimista
  | speranza надежда 🌈 🌱 希望 : 7 1 4 -5 : hopeful
grateful gratitude thankful blessed content contented satisfied
  | dankbar zufrieden Dankbarkeit | reconnaissant gratitude | agradecido gratitud | 🙏
  : 7 -3 6 -3 : hopeful
playful fun funny silly quirky whimsical goofy mischievous bouncy cute giggle joke comic humorous
  | verspielt lustig spielerisch witzig niedlich süß | ludique drôle amusant espiègle mignon
  | juguetón divertido gracioso lindo travieso | giocoso 😜 🤪 😂 🤡 🙃 可爱 可愛 : 8 5 4 -5 :
  playful
focused focus concentrate concentration productive productivity attentive deep_focus deep_work
  mindful flow_state | konzentriert Konzentration fokussiert Fokus aufmerksam
  | concentré concentration | concentrado concentración | 🧠 集中 专注 : 2 -2 0 -1 : focused
energetic energy energizing lively upbeat exciting excited excitement thrilling pumped hype hyped
  dynamic vigorous vibrant ecstatic euphoric euphoria exuberant wild powerful power
  | energiegeladen energetisch Energie lebhaft aufgeregt mitreißend kraftvoll euphorisch
  | énergique énergie entraînant excité dynamique vif | enérgico energía animado emocionante
  | energico ⚡ 🔋 💥 🚀 元気 : 6 9 1 -2 : energetic
intense intensity fierce aggressive furious rage angry anger hate fury mad hard_hitting
  | intensiv wütend Wut aggressiv zornig heftig | furieux colère rage intense agressif
  | furioso ira enojado intenso agresivo | arrabbiato злость 😡 😠 🤬 怒 : -5 9 -2 5 : energetic
triumphant victory victorious heroic triumph epic glorious majestic grand proud pride win winning
  champion champions
  | triumphal Sieg heldenhaft episch stolz feierlich | triomphant victoire héroïque épique fier
  | triunfante victoria heroico épico orgulloso | eroico 🏆 🥇 🎖 : 7 7 1 -1 : hopeful
dark darkness ~dark sinister grim menacing ominous evil gothic brooding murky shadow shadows shadowy
  | düster dunkel finster Dunkelheit Finsternis Schatten unheimlich
  | sombre obscur obscurité ténèbres ombre sinistre
  | oscuro oscuridad sombrío sombra tinieblas | buio тьма 🖤 🕷 闇 暗 : -5 -1 -4 9 : dark
gloomy gloom dreary dull | trüb trist | morne lugubre maussade | lúgubre
  : -5 -4 -2 6 : melancholic
scary scared fear afraid terrifying horror terror creepy eerie spooky haunted haunting nightmare
  ghost ghosts halloween ghostly uncanny
  | gruselig Angst Horror Albtraum Gespenst Geist Grusel spukhaft | effrayant peur horreur
  cauchemar fantôme hanté | miedo terror aterrador pesadilla fantasma embrujado
  | paura страх 👻 🎃 💀 😱 🧟 恐 怖 : -6 4 -6 9 : dark
anxious anxiety nervous tense tension worried worry stress stressed restless uneasy suspense
  suspenseful | nervös ängstlich angespannt Spannung unruhig gestresst
  | anxieux angoisse nerveux tendu inquiet | ansioso ansiedad nervioso tenso preocupado
  | ansia 😰 😬 : -5 6 -3 5 : mysterious
mysterious mystery mystical mystic enigmatic secret secrets magical magic enchanted enchanting
  occult arcane noir detective hypnotic
  | geheimnisvoll mysteriös Geheimnis rätselhaft magisch Magie Zauber verwunschen mystisch
  | mystérieux mystère secret magique magie énigme envoûtant
  | misterioso misterio mágico magia secreto enigma | mistero тайна 🔮 🕵 🧙 ✨ 谜 神秘
  : 0 0 -1 6 : mysterious
beautiful beauty lovely pretty gorgeous elegant graceful grace
  | schön wunderschön Schönheit hübsch anmutig elegant | beau belle beauté joli élégant
  | hermoso hermosa bello bella belleza bonito elegante | 美 : 6 -2 4 -2 : romantic
bright ~bright shining shiny sparkling sparkle glittering glowing glow luminous radiant twinkling
  | hell helle strahlend leuchtend funkelnd glitzernd | lumineux brillant étincelant radieux
  | brillante luminoso resplandeciente | 💡 🌟 : 5 2 3 -8
sleepy tired sleep sleeping asleep drowsy slumber nap bedtime exhausted weary fall_asleep insomnia
  | schläfrig müde schlafen Schlaf einschlafen Einschlafen erschöpft
  | fatigué sommeil dormir endormi | cansado dormir dormido somnoliento
  | sonno dormire сон 😴 💤 🛌 🥱 睡 잠 نوم : 1 -9 5 2 : calm
lazy idle idly slow_living leisurely unhurried carefree | faul träge gemächlich unbeschwert
  | paresseux insouciant nonchalant | perezoso despreocupado pausado | 🦥 : 4 -6 5 -2 : calm
bored boring boredom monotonous | langweilig Langeweile | ennui ennuyeux | aburrido aburrimiento
  | 😐 : -3 -6 -1 1 : calm
adventurous adventure quest explore exploring discovery wander wandering wanderlust
  | abenteuerlich Abenteuer entdecken wandernd Fernweh | aventure aventureux explorer errance
  | aventura aventurero explorar | avventura 🗺 🧭 : 5 4 2 0 : hopeful
free freedom liberty liberated escape | frei Freiheit | libre liberté évasion | libre libertad
  | свобода 自由 🦅 : 6 3 2 -3 : hopeful
innocent pure purity simple | unschuldig rein schlicht einfach | innocent pur simple
  | inocente puro sencillo | 😇 : 5 -4 4 -4 : playful
thoughtful pensive contemplative contemplation reflective reflection introspective thinking
  philosophical pondering | nachdenklich besinnlich grübeln nachdenken
  | pensif songeur contemplatif réflexion | pensativo reflexivo contemplativo
  | 🤔 : 0 -4 2 2 : focused
solemn sacred holy spiritual divine prayer reverent
  | heilig andächtig Gebet sakral | sacré solennel prière spirituel
  | sagrado solemne oración espiritual | ⛪ : 2 -5 2 2 : calm
cool ~cool smooth groovy groove stylish slick swagger sassy confident
  | lässig groovig souverän | classe | chulo | 😎 : 5 2 3 1 : playful
good ~good nice great wonderful awesome amazing sweet fine pleasant best
  | gut toll wunderbar super angenehm prima | bon bonne bien merveilleux agréable super
  | bueno buena bien maravilloso agradable genial | buono хорошо 👍 好 : 5 0 3 -3
bad ~bad terrible awful horrible ugly worst broken hurt hurting pain painful wounded
  | schlecht furchtbar schlimm hässlich kaputt Schmerz verletzt | mauvais terrible affreux
  douleur
  | malo mala terrible horrible dolor herido | боль 👎 : -6 0 -2 4 : melancholic
"""
