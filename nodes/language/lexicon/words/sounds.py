"""Words for instruments and sounds, tempo and dynamics, colours and age."""

# English | German | French | Spanish | others : valence arousal warmth darkness (tenths) : cues
SOUNDS = """\
piano pianos pianist upright_piano grand_piano | Klavier Flügel Klaviermusik | piano_à_queue
  | piano_de_cola | pianoforte фортепиано пианино 🎹 钢琴 鋼琴 ピアノ 피아노 بيانو : 0 -1 1 0
  : piano
electric_piano rhodes wurlitzer wurli e_piano epiano keyboard keyboards
  | E_Piano Keyboard | piano_électrique clavier | piano_eléctrico teclado : 0 0 3 0 :
  electric_piano
guitar guitars guitarist acoustic_guitar strumming strummed fingerpicking ukulele banjo mandolin
  lute oud bouzouki | Gitarre Gitarren Laute | guitare guitares | guitarra guitarras
  | chitarra гитара 🎸 🪕 吉他 ギター 기타를 : 0 0 3 0 : guitar
electric_guitar distorted_guitar | E_Gitarre | guitare_électrique | guitarra_eléctrica
  : 0 3 0 1 : guitar
harp harps koto sitar lyre | Harfe | harpe | arpa : 3 -3 2 -1 : guitar
vibraphone vibraphones marimba xylophone mallets
  | Vibraphon Marimba Xylophon | xylophone | vibráfono : 1 -1 2 0 : vibraphone
music_box musicbox celesta glockenspiel kalimba toy_piano bells chimes bell
  | Spieluhr Glockenspiel Glocken Celesta | boîte_à_musique carillon cloches
  | caja_de_música campanas | 🔔 🎐 オルゴール : 3 -3 3 -2 : music_box
pad pads soft_pad drone drones synth_pad | Klangfläche Flächen | nappe nappes | colchón_sonoro
  : 1 -4 2 1 : soft_pad
organ hammond church_organ | Orgel | orgue | órgano : 0 -2 2 2 : soft_pad
choir choral choirs | Chor | chœur | coro : 0 -3 3 2 : soft_pad
accordion harmonica | Akkordeon Mundharmonika | accordéon harmonica | acordeón armónica
  | 🪗 : 2 0 5 0 : soft_pad
strings string_quartet string_section orchestra orchestral
  | Streicher Orchester Streichquartett | cordes orchestre | cuerdas orquesta : 0 -1 3 1 :
  strings
violin violins viola fiddle | Geige Geigen Violine Bratsche | violon violons | violín violines
  | violino скрипка 🎻 バイオリン 小提琴 바이올린 : 0 0 3 0 : strings
cello cellos | Cello Violoncello | violoncelle | violonchelo | виолончель : -1 -3 4 3 : strings
bass basses bassline bass_guitar double_bass upright_bass contrabass sub_bass 808 808s
  | Bass Kontrabass Bässe | basse contrebasse | bajo contrabajo | бас : 0 0 3 1 : bass
drums drum drummer percussion percussive drum_kit kick snare hi_hat hi_hats breakbeat beat
  beats brushes boom_bap
  | Schlagzeug Trommel Trommeln Perkussion Beat | batterie percussions tambour
  | batería percusión tambor tambores | batteria барабаны ударные 🥁 ドラム 鼓 드럼 : 0 2 0 0
  : drums
flute flutes recorder piccolo pan_flute shakuhachi whistle whistling ocarina
  | Flöte Flöten Blockflöte Querflöte Pfeifen | flûte flûtes | flauta flautas
  | флейта 🪈 笛 フルート : 3 -2 1 -2 : flute
saxophone sax | Saxophon Saxofon | saxophone saxo | saxofón | саксофон 🎷 : 1 0 4 1 : flute
clarinet oboe bassoon | Klarinette Oboe Fagott | clarinette hautbois | clarinete oboe
  | кларнет : 1 -1 4 0 : flute
trumpet trumpets trombone brass horn horns tuba | Trompete Posaune Blechbläser
  | trompette cuivres | trompeta metales | труба 🎺 : 3 4 3 0 : synth_lead
synth_lead synth synths synthesizer synthesizers analog_synth theremin arpeggio arpeggios
  | Synthesizer Synthi | synthé synthétiseur | sintetizador sinte | синтезатор : 0 3 -1 0 :
  synth_lead
rain_sounds sound_of_rain rainfall raindrops patter | Regengeräusche Regenprasseln
  | bruit_de_pluie | sonido_de_lluvia : 0 -4 2 1 : rain!
ocean_sounds sound_of_waves wave_sounds | Meeresrauschen Wellenrauschen | bruit_des_vagues
  | sonido_del_mar : 2 -5 2 0 : ocean!
cricket_sounds crickets cricket chirping cicadas | Grillen Zikaden Grillenzirpen | grillons
  cigales
  | grillos cigarras | сверчки 🦗 : 2 -4 3 1 : crickets!
crackling crackle crackles | Knistern knisternd | crépitement | crepitar crepitante
  : 2 -4 7 0 : fireplace
vinyl_crackle vinyl record_crackle record_player turntable gramophone lp_record scratchy_record
  | Schallplatte Schallplatten Plattenspieler Vinyl | vinyle tourne_disque platine
  | vinilo tocadiscos | винил 💿 💽 📀 : 2 -3 6 0 : vinyl! nostalgic
silence no_ambience clean_recording | Totenstille | silence_total | silencio_total
  : 0 -6 0 0 : none!
noise background_noise ambience background_sounds field_recording crackly_noise
  | Hintergrundgeräusche Geräusche | bruit_de_fond bruits | ruido_de_fondo ruido : 0 0 0 0
"""

TEMPI = """\
slow slowly slower slowed downtempo sluggish half_time | langsam langsamer langsame | lent lente
  lentement | lento lenta despacio lentamente | медленно 🐌 🐢 慢 느린 : 0 -5 1 0 : pace=-1
fast quick quickly faster rapid rapidly speedy uptempo up_tempo double_time brisk hurry rush
  | schnell schneller rasch flott zügig rasant | rapide rapidement vite
  | rápido rápida rápidamente veloz | veloce быстро 🏎 💨 快 速 빠른 : 1 6 0 0 : pace=1
midtempo medium_tempo mid_tempo moderate moderato | mittleres_Tempo mäßig | tempo_modéré modéré
  | medio_tiempo moderado : 0 0 0 0 : bpm=92-108
largo larghetto : -1 -7 1 1 : bpm=44-56 genre=classical
adagio : 1 -6 2 0 : bpm=60-70 genre=classical
andante : 2 -3 2 0 : bpm=76-88 genre=classical
allegretto : 4 3 1 -2 : bpm=104-116 genre=classical
allegro : 5 6 1 -2 : bpm=120-140 genre=classical
vivace : 6 8 1 -3 : bpm=148-164 genre=classical
presto prestissimo : 3 9 0 -1 : bpm=168-184 genre=classical
swung swing swinging shuffle shuffled | swingend | swingué | con_swing : 3 1 3 0 : swing=0.6
straight unswung | gerade_Achtel : 0 0 0 0 : swing=0
loud ~loud loudly noisy blaring heavy hard banging pounding
  | laut schwer hart wuchtig | fort bruyant lourd puissant | fuerte ruidoso pesado potente
  | 🔊 📢 : 0 6 0 2
light ~light airy breezy | leicht luftig | léger légère | ligero ligera liviano : 4 -1 1 -5
minimal sparse minimalist minimalistic bare stripped_down stripped_back
  | minimalistisch karg reduziert | minimaliste épuré | minimalista : 0 -5 -1 0
"""

COLOURS = """\
blue indigo navy azure | blau Blau blaue | bleu bleue | azul azules | синий 💙 🔵 青 蓝 : 0 -4
  -2 2
red ~red crimson scarlet | rot rote | rouge | rojo roja | красный 🔴 赤 红 : 2 5 6 0
golden gold amber honey | golden goldene Gold Bernstein | doré dorée ambre miel
  | dorado dorada ámbar | золотой 💛 🟡 🍯 金 : 6 -1 8 -4
orange | orangefarben | orangé | anaranjado naranja | 🧡 🟠 : 5 2 7 -3
yellow | gelb | jaune | amarillo | жёлтый 黄 : 6 3 4 -5
green ~green emerald | grün grüne | vert verte | verde | зелёный 💚 🟢 绿 緑 : 4 -3 1 -2
pink rose_coloured pastel | rosa rosafarben | rose_pâle rosé | rosado | 🌸 💗 粉 : 6 -2 5 -4 :
  dreamy
purple violet lavender lilac | lila violett Lavendel | lavande mauve
  | morado púrpura lavanda violeta | 💜 🟣 紫 : 2 -3 2 2 : dreamy
black ~black | schwarz schwarze | noir noire | negro negra | чёрный ⚫ 黑 黒 : -3 -1 -3 7 : dark
white ~white ivory | weiß weiße | blanc blanche | blanco blanca | белый ⚪ 白 : 3 -4 -2 -5
grey gray silver silvery | grau silbern | gris argenté | gris plateado | серый 灰 银 : -2 -4
  -3 3
neon fluorescent neon_lights | Neonlicht Neonlichter | néon néons | neón | 🌆 : 3 4 -2 3 :
  genre=synthwave
old ~vintage vintage retro antique oldies classic faded dusty ancient past yesterday
  | alt alte alter uralt verblichen damals früher Vergangenheit | vieux vieille ancien passé
  | viejo vieja antiguo antigua pasado | старый 🕰 📻 🎞 古 老 : 1 -3 5 2 : vinyl nostalgic
"""
