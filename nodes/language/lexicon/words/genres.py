"""Words that name a style; what the style means for the music is in `styles`."""

# English | German | French | Spanish | others : valence arousal warmth darkness (tenths) : cues
GENRES = """\
lofi lo_fi lofi_hip_hop lo_fi_hip_hop chillhop lofi_beats study_beats chill_beats jazzhop
  : 2 -4 5 0 : genre=lofi
ambient ambient_music soundscape soundscapes atmospheric  new_age
  | Klanglandschaft atmosphärisch | atmosphérique ambiante | ambiental : 1 -7 0 1 :
  genre=ambient
jazz ~jazzy bebop swing_jazz big_band ragtime jazz_trio | jazzig | jazzy
  | jazzístico | джаз ジャズ 爵士 재즈 : 3 0 5 1 : genre=jazz
bossa_nova bossa samba_jazz | Bossa : 6 0 7 -3 : genre=bossa_nova
classical ~classical classical_music baroque symphony symphonic chamber_music sonata
  mozart chopin bach debussy satie impressionist neoclassical minuet waltz prelude
  | klassisch Klassik Sinfonie Walzer | musique_classique classique valse symphonie
  | música_clásica clásico vals sinfonía | классика 🎼 : 2 -2 1 0 : genre=classical
house_music deep_house tech_house house_track house_beat house_beats upbeat_house
  progressive_house acid_house lofi_house | Housemusik : 5 7 2 0 : genre=house
dance_music edm electronic_dance club_music trance eurodance big_room hardstyle
  | Tanzmusik Clubmusik |  | : 6 8 0 0 : genre=house
techno minimal_techno acid_techno industrial_techno | : -1 8 -4 4 : genre=techno
electronic ~electronic electronica idm electro glitch | elektronisch Elektronik | électronique
  électro
  | electrónica | электроника : 1 4 -3 1 : genre=electronic
drum_and_bass dnb drum_n_bass liquid_dnb breakcore : 2 9 -2 2 : genre=drum_and_bass
synthwave ~synthwave retrowave outrun eighties 80s vaporwave chillwave new_wave
  | achtziger | années_80 | ochentas : 3 3 0 3 : genre=synthwave
hip_hop ~hip_hop hiphop rap nineties | : 1 1 2 1 : genre=hip_hop
trap trap_beat drill phonk dubstep grime | : -3 6 -3 6 : genre=trap
trip_hop ~trip_hop downbeat massive_attack portishead : -2 -3 0 6 : genre=trip_hop
folk ~folk folk_music acoustic singer_songwriter unplugged folksy americana bluegrass
  | Folklore Volksmusik akustisch Volkslied | folklorique acoustique
  | folclórico acústico música_folk | фолк : 4 -2 6 -2 : genre=folk
celtic ~celtic irish scottish ireland scotland tavern_song sea_shanty
  | keltisch irisch Irland schottisch | celtique irlandais | celta irlandés | 🍀 ☘
  : 4 3 3 0 : genre=folk
country ~country country_music western nashville | Westernmusik | musique_country
 : 5 3 5 -2 : genre=country
rock ~rock rock_music indie indie_rock grunge punk garage_rock shoegaze post_rock
  | Rockmusik | musique_rock | música_rock | рок 🤘 : 2 7 1 1 : genre=rock
metal ~metal heavy_metal death_metal hardcore thrash headbanging | Metal : -4 9 -4 7 :
  genre=metal
pop ~pop pop_music pop_song catchy synthpop kpop indie_pop : 6 5 3 -4 : genre=pop
funk ~funky funky slap_bass : 6 6 4 -1 : genre=funk
disco ~disco boogie seventies 70s disco_fever nu_disco : 8 7 4 -3 : genre=disco
soul_music ~soulful soulful rnb r_and_b motown neo_soul gospel | : 4 0 7 0 : genre=soul
reggae ~reggae dub dub_reggae ska rasta dancehall | : 6 0 6 -3 : genre=reggae
blues ~bluesy bluesy blues_music delta_blues : -2 -1 5 4 : genre=blues
latin ~latin salsa mambo cumbia reggaeton samba merengue bachata rumba flamenco tango
  | lateinamerikanisch | latino musique_latine | música_latina | : 6 7 6 -1 : genre=latin
cinematic ~cinematic film movie soundtrack score film_score trailer movies cinema hollywood
  | Film Filmmusik Kino filmisch | cinéma bande_originale cinématographique
  | película cine banda_sonora cinematográfico | кино 🎬 🎥 : 1 1 0 2 : genre=cinematic
chiptune ~chiptune 8_bit 8bit eight_bit pixel pixels sixteen_bit 16_bit nintendo gameboy
  : 6 6 -3 -2 : genre=chiptune
"""
