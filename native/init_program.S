/* The program of native/init as data of the keeper; scripts/build-native.ts defines its path. */
        .section .rodata
        .global tc_init_program, tc_init_program_end
tc_init_program:
        .incbin TC_INIT_PROGRAM
tc_init_program_end:
        .section .note.GNU-stack, "", %progbits
